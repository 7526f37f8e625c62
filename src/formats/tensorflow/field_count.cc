#include "formats/tensorflow/field_count.h"

#include <array>

#include "formats/reading/field_count.h"

namespace goldcrest::formats::tensorflow {
namespace {

constexpr std::array kNested = {
    reading::NestedField{kSavedModel, 2, kMetaGraph},
    reading::NestedField{kMetaGraph, 2, kGraph},
    reading::NestedField{kGraph, 1, kNode},
    reading::NestedField{kGraph, 2, kLibrary},
    reading::NestedField{kLibrary, 1, kFunction},
    reading::NestedField{kFunction, 1, kNode},  // a signature, which nests as little
    reading::NestedField{kFunction, 3, kNode},
};

}  // namespace

Status ExpectFewFields(MessageKind kind, std::span<const std::byte> message) {
  return reading::ExpectFewFields(kNested, kind, message);
}

}  // namespace goldcrest::formats::tensorflow
