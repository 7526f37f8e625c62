#include "graph/text_contents.h"

#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "tensor/half.h"

namespace goldcrest::graph {
namespace {

// An element of type float16.
struct Half {
  uint16_t bits = 0;
  Half() = default;
  explicit Half(double x) : bits(tensor::FloatToHalf(static_cast<float>(x))) {}
};

template <class T>
T RandomElement(uint64_t& state) {
  state = state * 6364136223846793005 + 1442695040888963407;
  if constexpr (!std::is_integral_v<T>) {
    return static_cast<T>(static_cast<double>(state >> 40) / (1 << 23) - 1);
  } else {
    int64_t bits = static_cast<int64_t>(state >> 48);
    if constexpr (sizeof(T) == 1) return static_cast<T>(bits & 0xff);
    return static_cast<T>(bits - 32768);
  }
}

template <class T>
T ParseElement(Line& line) {
  if constexpr (std::is_integral_v<T>) {
    int64_t number = line.Integer();
    if (!std::in_range<T>(number)) line.Fail();
    return static_cast<T>(number);
  } else {
    return static_cast<T>(line.Number());
  }
}

template <class T>
void ParseElements(Line& line, size_t count, Value& value) {
  std::vector<T> elements;
  if (line.Accept("random(")) {
    auto state = static_cast<uint64_t>(line.Integer());
    line.Expect(")");
    for (size_t i = 0; i < count; ++i) elements.push_back(RandomElement<T>(state));
  } else {
    line.Expect("{");
    while (line.ok() && !line.Accept("}")) {
      if (!elements.empty()) line.Expect(",");
      elements.push_back(ParseElement<T>(line));
    }
    if (elements.size() == 1) elements.resize(count, elements[0]);
  }
  if (elements.size() != count) return line.Fail();
  value.constant = tensor::SharedBytes::Copy<T>(elements);
}

}  // namespace

void ParseContents(Line& line, Value& value) {
  constexpr int64_t kMostElements = 1 << 24;
  std::optional<int64_t> said = tensor::ElementCount(value.shape);
  if (!line.ok() || !said || *said > kMostElements) return line.Fail();
  auto count = static_cast<size_t>(*said);
  switch (value.dtype) {
    case tensor::DType::kFloat32:
      return ParseElements<float>(line, count, value);
    case tensor::DType::kFloat16:
      return ParseElements<Half>(line, count, value);
    case tensor::DType::kInt8:
      return ParseElements<int8_t>(line, count, value);
    case tensor::DType::kUInt8:
    case tensor::DType::kBool:
      return ParseElements<uint8_t>(line, count, value);
    case tensor::DType::kInt16:
      return ParseElements<int16_t>(line, count, value);
    case tensor::DType::kInt32:
      return ParseElements<int32_t>(line, count, value);
    case tensor::DType::kInt64:
      return ParseElements<int64_t>(line, count, value);
  }
}

}  // namespace goldcrest::graph
