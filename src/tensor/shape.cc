#include "tensor/shape.h"

#include <algorithm>

#include "base/strings.h"

namespace goldcrest::tensor {

bool IsKnown(std::span<const int64_t> shape) {
  return std::ranges::all_of(shape, [](int64_t d) { return d >= 0; });
}

std::optional<int64_t> ElementCount(std::span<const int64_t> shape) {
  int64_t count = 1;
  for (int64_t dimension : shape) {
    if (dimension < 0 || __builtin_mul_overflow(count, dimension, &count)) return std::nullopt;
  }
  return count;
}

std::optional<size_t> ByteCount(DType dtype, std::span<const int64_t> shape) {
  std::optional<int64_t> elements = ElementCount(shape);
  int64_t bytes = 0;
  auto size = static_cast<int64_t>(SizeOf(dtype));
  if (!elements || __builtin_mul_overflow(*elements, size, &bytes)) return std::nullopt;
  return static_cast<size_t>(bytes);
}

std::string ToString(std::span<const int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += base::Cat(shape[i]);
  }
  return text + "]";
}

Result<std::vector<Shape>> ParseShapes(std::string_view text) {
  std::vector<Shape> shapes(1);
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find_first_of(",:", start), text.size());
    int64_t dimension = 0;
    bool fits = base::ParseInt(text.substr(start, end - start), dimension) && dimension >= 1;
    if (!fits) {
      return Fail(ErrorCode::kUsage, "'", text, "' is no list of shapes; write dimensions of 1 or ",
                  "more like 1,160,160,3 and a colon between the shapes of several inputs");
    }
    shapes.back().push_back(dimension);
    if (end < text.size() && text[end] == ':') shapes.emplace_back();
    start = end + 1;
  }
  return shapes;
}

}  // namespace goldcrest::tensor
