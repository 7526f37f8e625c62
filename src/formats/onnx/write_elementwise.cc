// Operators that compute with each element, quantize and dequantize.
#include <array>

#include "base/strings.h"
#include "formats/onnx/write_operators.h"

namespace goldcrest::formats::onnx {
namespace {

// A function of the first operand, in the layout that it has.
Status WriteUnary(const Context& c, std::string_view op,
                  const std::vector<WrittenAttribute>& attributes = {}) {
  const Layout layout = c.values.LayoutOf(c.node.inputs[0]);
  c.Put(op, {c.values.Reals(c.node.inputs[0], layout)}, layout, attributes);
  return {};
}

Status WriteBinary(const Context& c, std::string_view op, graph::Activation activation) {
  const graph::ValueId a = c.node.inputs[0];
  const graph::ValueId b = c.node.inputs[1];
  // Only constants, and what has four dimensions itself, are broadcast over channels first.
  const bool any_layout =
      c.in(0).shape.size() == 4 && (c.in(1).constant || c.in(1).shape.size() == 4);
  const bool first = c.values.LayoutOf(a) == Layout::kChannelsFirst ||
                     c.values.LayoutOf(b) == Layout::kChannelsFirst;
  const Layout layout = any_layout && first ? Layout::kChannelsFirst : Layout::kPlain;
  c.Put(op,
        {c.values.Reals(a, layout),
         c.in(1).constant ? c.values.BroadcastConstant(b, layout) : c.values.Reals(b, layout)},
        layout, {}, activation);
  return {};
}

}  // namespace

Status Write(const graph::Activate& op, const Context& c) {
  const Layout layout = c.values.LayoutOf(c.node.inputs[0]);
  const std::string x = c.values.Reals(c.node.inputs[0], layout);
  if (op.activation == graph::Activation::kRelu) {
    c.Put("Relu", {x}, layout);
  } else if (op.activation == graph::Activation::kRelu6) {
    const float zero = 0;
    const float six = 6;
    c.Put("Clip",
          {x, c.file.AddFloats(base::Cat(c.name(), "/least"), {}, {&zero, 1}),
           c.file.AddFloats(base::Cat(c.name(), "/most"), {}, {&six, 1})},
          layout);
  } else {
    c.Put("Identity", {x}, layout);
  }
  return {};
}

Status Write(const graph::HardSwish&, const Context& c) { return WriteUnary(c, "HardSwish"); }
Status Write(const graph::Logistic&, const Context& c) { return WriteUnary(c, "Sigmoid"); }
Status Write(const graph::Tanh&, const Context& c) { return WriteUnary(c, "Tanh"); }

Status Write(const graph::LeakyRelu& op, const Context& c) {
  return WriteUnary(c, "LeakyRelu", {{"alpha", static_cast<float>(op.alpha)}});
}

Status Write(const graph::Math& op, const Context& c) {
  // Empty: of several operators, below.
  constexpr std::array<std::string_view, 13> kOperators = {
      "Abs", "Ceil", "Cos", "Elu", "Exp", "Floor", "Log", "Neg", "Round", "", "Sin", "Sqrt", ""};
  static_assert(kOperators.size() == graph::kMathFunctionNames.size());
  const Layout layout = c.values.LayoutOf(c.node.inputs[0]);
  if (op.function == graph::MathFunction::kSquare) {
    const std::string x = c.values.Reals(c.node.inputs[0], layout);
    c.Put("Mul", {x, x}, layout);
  } else if (op.function == graph::MathFunction::kRsqrt) {
    const std::string root =
        c.file.AddNode("Sqrt", {c.values.Reals(c.node.inputs[0], layout)}, c.Name("/root"));
    c.Put("Reciprocal", {root}, layout);
  } else {
    return WriteUnary(c, kOperators[static_cast<size_t>(op.function)]);
  }
  return {};
}

Status Write(const graph::L2Normalize&, const Context& c) {
  const Layout layout = c.values.LayoutOf(c.node.inputs[0]);
  const auto last = static_cast<int64_t>(c.in(0).shape.size()) - 1;
  return WriteUnary(c, "LpNormalization", {{"axis", AxisIn(layout, last)}, {"p", int64_t{2}}});
}

Status Write(const graph::Softmax& op, const Context& c) {
  const Layout layout = c.values.LayoutOf(c.node.inputs[0]);
  std::string x = c.values.Reals(c.node.inputs[0], layout);
  if (op.beta != 1) {
    const auto beta = static_cast<float>(op.beta);
    x = c.file.AddNode("Mul", {x, c.file.AddFloats(base::Cat(c.name(), "/beta"), {}, {&beta, 1})},
                       c.Name("/sharpened"));
  }
  const auto last = static_cast<int64_t>(c.in(0).shape.size()) - 1;
  c.Put("Softmax", {x}, layout, {{"axis", AxisIn(layout, last)}});
  return {};
}

Status Write(const graph::Add& op, const Context& c) {
  return WriteBinary(c, "Add", op.activation);
}
Status Write(const graph::Mul& op, const Context& c) {
  return WriteBinary(c, "Mul", op.activation);
}

Status Write(const graph::Sub& op, const Context& c) {
  return WriteBinary(c, "Sub", op.activation);
}

Status Write(const graph::Div& op, const Context& c) {
  return WriteBinary(c, "Div", op.activation);
}

Status Write(const graph::Maximum&, const Context& c) {
  return WriteBinary(c, "Max", graph::Activation::kNone);
}

Status Write(const graph::Minimum&, const Context& c) {
  return WriteBinary(c, "Min", graph::Activation::kNone);
}

Status Write(const graph::Prelu&, const Context& c) {
  return WriteBinary(c, "PRelu", graph::Activation::kNone);
}

Status Write(const graph::Cast& op, const Context& c) {
  if (StandsForReals(c.in(0)) || StandsForReals(c.out())) {
    return Fail(ErrorCode::kUnsupported, "integers with a scale are not written as other types");
  }
  return WriteUnary(c, "Cast", {{"to", int64_t{ElementType(op.dtype)}}});
}

Status Write(const graph::Quantize&, const Context& c) {
  const Layout layout = c.values.LayoutOf(c.node.inputs[0]);
  c.values.Put(c.node.output, layout, c.values.Reals(c.node.inputs[0], layout));
  return {};
}

Status Write(const graph::Dequantize&, const Context& c) {
  c.values.PutReals(c.node.output, c.node.inputs[0]);
  return {};
}

Status Write(const graph::Dropout&, const Context& c) {
  c.values.PutAlias(c.node.output, c.node.inputs[0]);
  return {};
}

Status Write(const graph::TrainingOnly&, const Context& c) {
  c.values.PutAlias(c.node.output, c.node.inputs[0]);
  return {};
}

}  // namespace goldcrest::formats::onnx
