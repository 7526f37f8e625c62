// Arithmetic on constants, which the graph has no operators for: scales of normalizations that are
// spelled out, mostly.
#include <algorithm>
#include <array>
#include <cmath>

#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

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

}  // namespace

Made FloatArithmetic(NodeContext& c) {
  const auto* binary = std::ranges::find_if(kBinary, [&](const Binary& b) { return c.Is(b.op); });
  GOLDCREST_TRY(const Floats a, c.FloatsOf(0));
  GOLDCREST_TRY(const Floats b, c.FloatsOf(1));
  if (binary == kBinary.end()) return Invalid("is no arithmetic");
  return reading::Broadcast(binary->compute, a, b, c.import().budget);
}

bool IsFloatFunction(const NodeContext& c) {
  return std::ranges::any_of(kUnary, [&](const Unary& u) { return c.Is(u.op); });
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
