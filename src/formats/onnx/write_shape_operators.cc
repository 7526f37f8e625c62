// Operators that move elements, reduce them, or compute with shapes.
#include <algorithm>

#include "base/strings.h"
#include "formats/onnx/write_operators.h"

namespace goldcrest::formats::onnx {
namespace {

Status RefuseShapeComputation(const Context& c) {
  return Fail(ErrorCode::kUnsupported,
              "shapes that are computed, but for the targets of reshapes, "
              "are not written as ONNX; --input-shapes gives the model a size ('",
              c.name(), "')");
}

}  // namespace

Status Write(const graph::Pad& op, const Context& c) {
  const Layout layout = c.values.LayoutOf(c.node.inputs[0]);
  const size_t rank = op.before.size();
  std::vector<int64_t> pads(2 * rank);
  for (size_t i = 0; i < rank; ++i) {
    const auto at = static_cast<size_t>(AxisIn(layout, static_cast<int64_t>(i)));
    pads[at] = op.before[i];
    pads[rank + at] = op.after[i];
  }
  c.Put("Pad",
        {c.values.Reals(c.node.inputs[0], layout),
         c.file.AddIntegers(base::Cat(c.name(), "/pads"), pads)},
        layout);
  return {};
}

Status Write(const graph::Reshape&, const Context& c) {
  const graph::ValueId id = c.node.inputs[0];
  const tensor::Shape& to = c.out().shape;
  if (std::ranges::count(to, -1) > 1) {
    return Fail(ErrorCode::kUnsupported,
                "more than one dimension of its result is not known; "
                "--input-shapes gives the model a size");
  }
  const Layout from = SameOrder(c.in(0).shape) ? c.values.LayoutOf(id) : Layout::kPlain;
  const bool pixels = to.size() == 4 && SameOrder(to);
  const Layout layout = pixels ? Layout::kChannelsFirst : Layout::kPlain;
  c.Put("Reshape",
        {c.values.Reals(id, from),
         c.file.AddIntegers(base::Cat(c.name(), "/shape"), ShapeIn(layout, to))},
        layout);
  return {};
}

Status Write(const graph::Concatenation& op, const Context& c) {
  const bool picture = c.out().shape.size() == 4;
  const bool first = picture && std::ranges::any_of(c.node.inputs, [&](graph::ValueId id) {
                       return c.values.LayoutOf(id) == Layout::kChannelsFirst;
                     });
  const Layout layout = first ? Layout::kChannelsFirst : Layout::kPlain;
  std::vector<std::string> parts;
  for (graph::ValueId id : c.node.inputs) parts.push_back(c.values.Reals(id, layout));
  c.Put("Concat", parts, layout, {{"axis", AxisIn(layout, op.axis)}});
  return {};
}

Status Write(const graph::ShapeOf&, const Context& c) { return RefuseShapeComputation(c); }
Status Write(const graph::Pack&, const Context& c) { return RefuseShapeComputation(c); }

}  // namespace goldcrest::formats::onnx
