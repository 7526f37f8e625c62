#include "formats/tensorflow/field_count.h"

#include <array>

#include "formats/tensorflow/varint.h"

namespace goldcrest::formats::tensorflow {
namespace {

constexpr int64_t kMostFields = int64_t{1} << 22;

// Which fields are messages whose fields count too; by the numbers of the .proto files.
struct Nested {
  MessageKind kind;
  uint64_t field;
  MessageKind content;
};

constexpr std::array kNested = {
    Nested{MessageKind::kSavedModel, 2, MessageKind::kMetaGraph},
    Nested{MessageKind::kMetaGraph, 2, MessageKind::kGraph},
    Nested{MessageKind::kGraph, 1, MessageKind::kNode},
    Nested{MessageKind::kGraph, 2, MessageKind::kLibrary},
    Nested{MessageKind::kLibrary, 1, MessageKind::kFunction},
    Nested{MessageKind::kFunction, 1, MessageKind::kNode},  // a signature, which nests as little
    Nested{MessageKind::kFunction, 3, MessageKind::kNode},
};

enum WireType : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// Takes what it counts from `left`, and ends where that is negative. As deep as kNested is long.
void Count(MessageKind kind, std::span<const std::byte> message, int64_t& left) {
  base::ByteReader reader(message);
  bool ok = true;
  while (reader.left() > 0 && ok && reader.ok() && --left >= 0) {
    const uint64_t tag = ReadVarint(reader, ok);
    switch (tag & 7) {
      case kVarint:
        ReadVarint(reader, ok);
        break;
      case kFixed64:
        reader.Skip(8);
        break;
      case kFixed32:
        reader.Skip(4);
        break;
      case kBytes: {
        const uint64_t size = ReadVarint(reader, ok);
        if (!ok || size > reader.left()) return;
        const std::span<const std::byte> content = reader.Take(static_cast<size_t>(size));
        for (const Nested& nested : kNested) {
          if (nested.kind == kind && nested.field == tag >> 3) Count(nested.content, content, left);
        }
        break;
      }
      default:
        return;
    }
  }
}

}  // namespace

Status ExpectFewFields(MessageKind kind, std::span<const std::byte> message) {
  int64_t left = kMostFields;
  Count(kind, message, left);
  if (left >= 0) return {};
  return Fail(ErrorCode::kLimit, "the graph's nodes have more than ", kMostFields,
              " names, inputs and attributes; no model has");
}

}  // namespace goldcrest::formats::tensorflow
