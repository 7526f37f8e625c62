#include "quantize/kind.h"

#include <array>
#include <vector>

namespace goldcrest::quantize {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"float16", "dynamic", "int8",
                                                    "uint8",   "int16x8", "mixed"};

}  // namespace

Result<Kind> ParseKind(std::string_view text) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames[i]) return static_cast<Kind>(i);
  }
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  const std::string nearest = base::Nearest(text, names);
  return Fail(ErrorCode::kUsage, "--to is '", text, "'; the kinds are ", base::Join(names, ", "),
              nearest.empty() ? "" : base::Cat("; did you mean ", nearest, "?"));
}

std::string_view NameOf(Kind kind) { return kNames[static_cast<size_t>(kind)]; }

tensor::DType ActivationType(Kind kind) {
  switch (kind) {
    case Kind::kInt8:
    case Kind::kMixed:
      return tensor::DType::kInt8;
    case Kind::kUInt8:
      return tensor::DType::kUInt8;
    case Kind::kInt16x8:
      return tensor::DType::kInt16;
    case Kind::kFloat16:
    case Kind::kDynamic:
      break;
  }
  return tensor::DType::kFloat32;
}

}  // namespace goldcrest::quantize
