// Operators that make one element of many.
#include <algorithm>

#include "base/strings.h"
#include "formats/onnx/write_operators.h"

namespace goldcrest::formats::onnx {
namespace {

// The layout in which dimensions can go, so that those that are kept stay in their order.
Layout LayoutToReduce(const Context& c, const std::vector<int64_t>& axes, bool keep_dims) {
  const Layout layout = c.values.LayoutOf(c.node.inputs[0]);
  auto kept = [&](int64_t axis) { return std::ranges::find(axes, axis) == axes.end(); };
  const bool in_order = keep_dims || !kept(3) || (!kept(1) && !kept(2));
  return in_order ? layout : Layout::kPlain;
}

// `axes_in_input`: where the operator has them.
Status WriteReduction(const Context& c, std::string_view op, const std::vector<int64_t>& axes,
                      bool keep_dims, bool axes_in_input) {
  const Layout layout = LayoutToReduce(c, axes, keep_dims);
  std::vector<int64_t> places;
  for (int64_t axis : axes) places.push_back(AxisIn(layout, axis));
  std::ranges::sort(places);
  std::vector<std::string> inputs = {c.values.Reals(c.node.inputs[0], layout)};
  std::vector<WrittenAttribute> attributes = {{"keepdims", static_cast<int64_t>(keep_dims)}};
  if (axes_in_input) {
    inputs.push_back(c.file.AddIntegers(base::Cat(c.name(), "/axes"), places));
  } else {
    attributes.push_back({"axes", places});
  }
  c.Put(op, inputs, keep_dims ? layout : Layout::kPlain, attributes);
  return {};
}

}  // namespace

Status Write(const graph::Mean& op, const Context& c) {
  const bool of_pixels = c.in(0).shape.size() == 4 && op.axes == std::vector<int64_t>{1, 2};
  if (!of_pixels) return WriteReduction(c, "ReduceMean", op.axes, op.keep_dims, c.opset >= 18);
  const std::string x = c.values.Reals(c.node.inputs[0], Layout::kChannelsFirst);
  if (op.keep_dims) {
    c.Put("GlobalAveragePool", {x}, Layout::kChannelsFirst);
    return {};
  }
  const std::string mean = c.file.AddNode("GlobalAveragePool", {x}, c.Name("/mean"));
  c.Put("Flatten", {c.values.Rounded(c.node.output, mean)}, Layout::kPlain);
  return {};
}

Status Write(const graph::Reduce& op, const Context& c) {
  constexpr std::array<std::string_view, 4> kOperators = {"ReduceSum", "ReduceProd", "ReduceMax",
                                                          "ReduceMin"};
  static_assert(kOperators.size() == graph::kReductionNames.size());
  const bool sum = op.reduction == graph::Reduction::kSum;
  return WriteReduction(c, kOperators[static_cast<size_t>(op.reduction)], op.axes, op.keep_dims,
                        sum || c.opset >= 18);
}

Status Write(const graph::ArgMax& op, const Context& c) {
  const Layout layout = LayoutToReduce(c, {op.axis}, false);
  const std::string x = c.values.Reals(c.node.inputs[0], layout);
  const std::vector<WrittenAttribute> attributes = {{"axis", AxisIn(layout, op.axis)},
                                                    {"keepdims", int64_t{0}}};
  const std::string_view name = op.smallest ? "ArgMin" : "ArgMax";
  if (op.dtype == tensor::DType::kInt64) {
    c.Put(name, {x}, Layout::kPlain, attributes);
    return {};
  }
  const std::string wide = c.file.AddNode(name, {x}, c.Name("/int64"), attributes);
  c.Put("Cast", {wide}, Layout::kPlain, {{"to", int64_t{ElementType(op.dtype)}}});
  return {};
}

}  // namespace goldcrest::formats::onnx
