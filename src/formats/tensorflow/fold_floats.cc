// Arithmetic on constants, which the graph has no operators for: scales of normalizations that are
// spelled out, mostly.
#include <algorithm>
#include <array>
#include <cmath>

#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

using tensor::Shape;

struct Binary {
  std::string_view op;
  float (*compute)(float a, float b);
};

constexpr std::array kBinary = {
    Binary{"Add", [](float a, float b) { return a + b; }},
    Binary{"AddV2", [](float a, float b) { return a + b; }},
    Binary{"BiasAdd", [](float a, float b) { return a + b; }},
    Binary{"Sub", [](float a, float b) { return a - b; }},
    Binary{"Mul", [](float a, float b) { return a * b; }},
    Binary{"RealDiv", [](float a, float b) { return a / b; }},
    Binary{"Div", [](float a, float b) { return a / b; }},
    Binary{"Maximum", [](float a, float b) { return std::max(a, b); }},
    Binary{"Minimum", [](float a, float b) { return std::min(a, b); }},
};

struct Unary {
  std::string_view op;
  float (*compute)(float x);
};

constexpr std::array kUnary = {
    Unary{"Rsqrt", [](float x) { return 1 / std::sqrt(x); }},
    Unary{"Sqrt", [](float x) { return std::sqrt(x); }},
    Unary{"Square", [](float x) { return x * x; }},
    Unary{"Neg", [](float x) { return -x; }},
    Unary{"Reciprocal", [](float x) { return 1 / x; }},
    Unary{"Exp", [](float x) { return std::exp(x); }},
};

// What both broadcast to, as NumPy does it.
Result<Shape> BroadcastShape(const Shape& a, const Shape& b) {
  Shape shape = a.size() >= b.size() ? a : b;
  const Shape& other = a.size() >= b.size() ? b : a;
  for (size_t i = 0; i < other.size(); ++i) {
    int64_t& d = shape[shape.size() - 1 - i];
    const int64_t e = other[other.size() - 1 - i];
    if (d != e && d != 1 && e != 1) {
      return Invalid("operands of shape ", tensor::ToString(a), " and ", tensor::ToString(b));
    }
    if (d == 1) d = e;
  }
  return shape;
}

// Goes through the elements of `shape` in order; At() is where the one of `from` lies.
class BroadcastIndex {
 public:
  BroadcastIndex(const Shape& shape, const Shape& from) : shape_(shape), at_(shape.size(), 0) {
    strides_.resize(shape.size(), 0);
    size_t stride = 1;
    for (size_t i = 0; i < from.size(); ++i) {
      const int64_t d = from[from.size() - 1 - i];
      if (d != 1) strides_[shape.size() - 1 - i] = stride;
      stride *= static_cast<size_t>(d);
    }
  }

  size_t At() const { return index_; }
  void Step() {
    for (size_t i = shape_.size(); i-- > 0;) {
      index_ += strides_[i];
      if (++at_[i] < shape_[i]) return;
      index_ -= strides_[i] * static_cast<size_t>(at_[i]);
      at_[i] = 0;
    }
  }

 private:
  Shape shape_;
  Shape at_;
  std::vector<size_t> strides_;
  size_t index_ = 0;
};

}  // namespace

Made FloatArithmetic(NodeContext& c) {
  const auto* binary = std::ranges::find_if(kBinary, [&](const Binary& b) { return c.Is(b.op); });
  GOLDCREST_TRY(const Floats a, c.FloatsOf(0));
  GOLDCREST_TRY(const Floats b, c.FloatsOf(1));
  GOLDCREST_TRY(Shape shape, BroadcastShape(a.shape, b.shape));
  const std::optional<size_t> bytes = tensor::ByteCount(tensor::DType::kFloat32, shape);
  if (!bytes || binary == kBinary.end()) return Invalid("makes ", tensor::ToString(shape));
  GOLDCREST_RETURN_IF_ERROR(c.import().budget.Take(*bytes));
  std::vector<float> made(*bytes / sizeof(float));
  BroadcastIndex from_a(shape, a.shape);
  BroadcastIndex from_b(shape, b.shape);
  for (float& element : made) {
    element = binary->compute(a.elements()[from_a.At()], b.elements()[from_b.At()]);
    from_a.Step();
    from_b.Step();
  }
  return Floats{std::move(shape), tensor::SharedBytes::Copy<float>(made)};
}

Made FloatFunction(NodeContext& c) {
  const auto* unary = std::ranges::find_if(kUnary, [&](const Unary& u) { return c.Is(u.op); });
  GOLDCREST_TRY(const Floats x, c.FloatsOf(0));
  if (unary == kUnary.end()) return Invalid("is no function");
  GOLDCREST_RETURN_IF_ERROR(c.import().budget.Take(x.bytes.bytes().size()));
  std::vector<float> made(x.elements().size());
  std::ranges::transform(x.elements(), made.begin(), unary->compute);
  return Floats{x.shape, tensor::SharedBytes::Copy<float>(made)};
}

}  // namespace goldcrest::formats::tensorflow
