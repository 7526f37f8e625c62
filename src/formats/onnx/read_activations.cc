#include <cmath>
#include <limits>

#include "formats/onnx/operators.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;

Made AddFunction(NodeContext& c, graph::Op op, ResultForm form = ResultForm::kFree) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  GOLDCREST_TRY(const ValueId id, c.Compute(std::move(op), {x.id}, form));
  return c.Like(x, id);
}

Made AddActivation(NodeContext& c, graph::Activation activation) {
  GOLDCREST_TRY(const Placed x, c.Value(0));
  GOLDCREST_TRY(const ValueId id,
                c.Compute(graph::Activate{activation}, {x.id}, ResultForm::kFree));
  return c.Like(x, id);
}

bool IsNear(double x, double y) { return std::abs(x - y) <= 1e-6 * std::abs(y); }

// x · factor + offset, without what changes nothing.
Result<ValueId> AddLine(NodeContext& c, ValueId x, double factor, double offset,
                        std::string_view suffix) {
  if (!IsNear(factor, 1)) {
    const ValueId by = c.AddNumber(base::Cat(suffix, "/factor"), static_cast<float>(factor));
    const std::string named = offset == 0 ? std::string(suffix) : base::Cat(suffix, "/scaled");
    GOLDCREST_TRY(x, c.Append(graph::Mul{}, {x, by}, named));
  }
  if (offset == 0) return x;
  const ValueId by = c.AddNumber(base::Cat(suffix, "/offset"), static_cast<float>(offset));
  return c.Append(graph::Add{}, {x, by}, suffix);
}

// factor · x + offset, kept between `low` and `high`: the graph's operator for that is ReLU6.
Made AddBetween(NodeContext& c, const Placed& x, double factor, double offset, double low,
                double high) {
  const double unit = 6 / (high - low);
  GOLDCREST_TRY(ValueId id, c.Real(x.id));
  GOLDCREST_TRY(id, AddLine(c, id, factor * unit, (offset - low) * unit, "/line"));
  GOLDCREST_TRY(id, c.Append(graph::Activate{graph::Activation::kRelu6}, {id}, "/kept"));
  GOLDCREST_TRY(id, AddLine(c, id, 1 / unit, low, ""));
  return c.Like(x, id);
}

// A bound, which an attribute states in opset 6 and an input since 11.
Result<double> BoundOf(NodeContext& c, int i, std::string_view attribute, double otherwise) {
  if (c.Has(i)) {
    GOLDCREST_TRY(const float bound, c.NumberOf(i));
    return double{bound};
  }
  GOLDCREST_TRY(const double bound, c.attributes().Number(attribute, otherwise));
  return bound;
}

}  // namespace

Made ImportRelu(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  return AddActivation(c, graph::Activation::kRelu);
}

Made ImportClip(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 3));
  constexpr double kLargest = std::numeric_limits<float>::max();
  GOLDCREST_TRY(const double low, BoundOf(c, 1, "min", -kLargest));
  GOLDCREST_TRY(const double high, BoundOf(c, 2, "max", kLargest));
  GOLDCREST_TRY(Placed x, c.Value(0));
  const bool open_low = low <= -kLargest;
  const bool open_high = high >= kLargest;
  if (open_low && open_high) return x;
  if (low == 0 && open_high) return AddActivation(c, graph::Activation::kRelu);
  if (low == 0 && high == 6) return AddActivation(c, graph::Activation::kRelu6);
  if (!open_low && !open_high && low < high) return AddBetween(c, x, 1, 0, low, high);
  return Fail(ErrorCode::kUnsupported, "keeps values between ", low, " and ", high,
              "; two finite bounds, or 0 and none, are read");
}

Made ImportHardSigmoid(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const double alpha, c.attributes().Number("alpha", 0.2F));
  GOLDCREST_TRY(const double beta, c.attributes().Number("beta", 0.5F));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  return AddBetween(c, x, alpha, beta, 0, 1);
}

Made ImportHardSwish(NodeContext& c) { return AddFunction(c, graph::HardSwish{}); }

Made ImportLeakyRelu(NodeContext& c) {
  GOLDCREST_TRY(const double alpha, c.attributes().Number("alpha", 0.01F));
  return AddFunction(c, graph::LeakyRelu{alpha});
}

Made ImportSigmoid(NodeContext& c) { return AddFunction(c, graph::Logistic{}, ResultForm::kFixed); }

Made ImportTanh(NodeContext& c) { return AddFunction(c, graph::Tanh{}, ResultForm::kFixed); }

}  // namespace goldcrest::formats::onnx
