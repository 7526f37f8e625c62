// Convolutions and dense layers.
#include <algorithm>
#include <optional>

#include "formats/onnx/layer.h"
#include "formats/onnx/operators.h"
#include "formats/onnx/window.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::Shape;

Status ExpectWeights(const Array& weights, size_t rank) {
  const bool fits = weights.shape.size() == rank && !weights.bytes.bytes().empty();
  if (fits) return {};
  return Fail(ErrorCode::kUnsupported, "the weights have the shape ",
              tensor::ToString(weights.shape), "; ", rank, " dimensions, none of them 0, are read");
}

// A vector of `count` numbers, where input i is there.
Result<std::optional<Array>> BiasOf(NodeContext& c, int i, int64_t count) {
  if (!c.Has(i)) return std::optional<Array>();
  GOLDCREST_TRY(const Array bias, c.ArrayOf(i));
  if (tensor::ElementCount(bias.shape) != count) {
    return Invalid("the bias has the shape ", tensor::ToString(bias.shape), " for ", count,
                   " output channels");
  }
  GOLDCREST_TRY(Array vector, WithShape(bias, {count}));
  return std::optional<Array>(std::move(vector));
}

// How a dense layer reads its rows. Of a flattened picture that lies channels last the weights'
// columns are moved instead of its elements.
struct Rows {
  ValueId id = 0;
  Shape picture;  // what a row is in the file's order; empty where it lies as the file has it
  Order order;    // the picture's, behind the weights' outputs
};

Result<Rows> RowsOf(NodeContext& c, const Placed& placed) {
  const Shape& lies = c.ShapeOfValue(placed.id);
  const Shape base = InFileOrder(lies, placed.order);
  const Order straight = Straight(placed.shape.size());
  const auto moving = Regrouped(base, placed.order, placed.shape);
  if (moving && *moving == Moving(straight, placed.shape)) {
    GOLDCREST_TRY(const ValueId id, c.Arranged(placed, straight));
    return Rows{id, {}, {}};
  }
  const std::span<const int64_t> rest = std::span(base).subspan(1);
  const bool flattened = placed.shape.size() == 2 && placed.order[0] == 0 &&
                         base[0] == placed.shape[0] &&
                         tensor::ElementCount(rest) == placed.shape[1];
  if (!flattened) {
    GOLDCREST_TRY(const ValueId id, c.Arranged(placed, straight));
    return Rows{id, {}, {}};
  }
  GOLDCREST_TRY(const ValueId id, c.Move(graph::Reshape{placed.shape}, placed.id, "/rows"));
  return Rows{id, Shape(rest.begin(), rest.end()), placed.order};
}

// OI, or IO where `turned`, to OI whose columns are those of the rows.
Result<Array> DenseWeights(NodeContext& c, const Array& weights, bool turned, const Rows& rows) {
  Array made = weights;
  if (turned) {
    GOLDCREST_TRY(made, Permuted(made, {1, 0}, c.budget()));
  }
  if (rows.picture.empty()) return made;
  const Shape flat = made.shape;
  Shape split = {flat[0]};
  split.insert(split.end(), rows.picture.begin(), rows.picture.end());
  GOLDCREST_TRY(made, WithShape(made, split));
  GOLDCREST_TRY(made, Permuted(made, rows.order, c.budget()));
  return WithShape(made, flat);
}

struct Dense {
  bool turned = false;  // the weights are IO
  double alpha = 1;
};

// x by the weights that input 1 is.
Result<ValueId> AddDense(NodeContext& c, const Placed& x, const Dense& dense,
                         std::optional<Array> bias) {
  GOLDCREST_TRY(Array weights, c.ArrayOf(1));
  GOLDCREST_RETURN_IF_ERROR(ExpectWeights(weights, 2));
  const int64_t columns = weights.shape[dense.turned ? 0 : 1];
  if (x.shape.empty() || x.shape.back() != columns) {
    return Invalid("the weights read ", columns, " features, the input is ",
                   tensor::ToString(x.shape));
  }
  GOLDCREST_TRY(const Rows rows, RowsOf(c, x));
  if (dense.alpha != 1) {
    GOLDCREST_TRY(weights, Reals(weights, c.budget()));
  }
  LayerWeights layer;
  layer.how = base::Cat("dense ", dense.turned ? 1 : 0, " ", dense.alpha, " ",
                        tensor::ToString(rows.picture));
  for (size_t axis : rows.order) layer.how += base::Cat(" ", axis);
  layer.turned = [&]() -> Result<Array> {
    GOLDCREST_TRY(Array made, DenseWeights(c, weights, dense.turned, rows));
    if (dense.alpha == 1) return made;
    std::vector<float> scaled(made.As<float>().begin(), made.As<float>().end());
    for (float& w : scaled) w *= static_cast<float>(dense.alpha);
    made.bytes = tensor::SharedBytes::Copy<float>(scaled);
    return made;
  };
  layer.bias = std::move(bias);
  // Of a vector of scales that are one an input, the axis has turned with the weights.
  layer.filter = weights;
  return AddLayer(c, graph::FullyConnected{}, rows.id, layer);
}

// The bias of a Gemm, one number an output, times beta; nothing where it is anything else.
Result<std::optional<Array>> GemmBias(NodeContext& c, double beta, int64_t outputs) {
  if (!c.Has(2) || !c.IsArray(2)) return std::optional<Array>();
  GOLDCREST_TRY(Array bias, c.ArrayOf(2));
  const auto count = tensor::ElementCount(bias.shape);
  const bool one_each = count == outputs && !bias.shape.empty() && bias.shape.back() == outputs;
  if (!one_each && count != 1) return std::optional<Array>();
  if (one_each && beta == 1) {
    GOLDCREST_TRY(Array vector, WithShape(bias, {outputs}));
    return std::optional<Array>(std::move(vector));
  }
  GOLDCREST_TRY(const Array reals, Reals(bias, c.budget()));
  GOLDCREST_RETURN_IF_ERROR(c.budget().Take(static_cast<size_t>(outputs) * sizeof(float)));
  std::vector<float> made(static_cast<size_t>(outputs));
  for (size_t i = 0; i < made.size(); ++i) {
    made[i] = reals.As<float>()[one_each ? i : 0] * static_cast<float>(beta);
  }
  return std::optional<Array>(Array{
      bias.name, tensor::DType::kFloat32, {outputs}, tensor::SharedBytes::Copy<float>(made), {}});
}

}  // namespace

Made ImportConv(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 3));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  GOLDCREST_TRY(const Array filter, c.ArrayOf(1));
  GOLDCREST_RETURN_IF_ERROR(ExpectWeights(filter, 4));
  if (x.shape.size() != 4) {
    return Fail(ErrorCode::kUnsupported, "a convolution over ", tensor::ToString(x.shape),
                "; pictures, of four dimensions, are read");
  }
  GOLDCREST_TRY(const int64_t groups, c.attributes().Integer("group", 1));
  const int64_t channels = x.shape[1];
  const int64_t outputs = filter.shape[0];
  const bool depthwise = groups != 1 && groups == channels && filter.shape[1] == 1;
  if (groups != 1 && !depthwise) {
    return Fail(ErrorCode::kUnsupported, "a convolution of ", channels, " channels in ", groups,
                " groups; 1 group, and one for each channel, are read");
  }
  GOLDCREST_TRY(const Window window,
                WindowOf(c, filter.shape[2], filter.shape[3], x.shape[2], x.shape[3]));
  LayerWeights layer;
  layer.filter = filter;
  const Order turn = depthwise ? Order{1, 2, 3, 0} : ChannelsLast();
  layer.how = depthwise ? "depthwise" : "convolution";
  layer.channels_axis = depthwise ? 3 : 0;
  layer.turned = [&] { return Permuted(filter, turn, c.budget()); };
  GOLDCREST_TRY(layer.bias, BiasOf(c, 2, outputs));
  GOLDCREST_TRY(const ValueId arranged, c.Arranged(x, ChannelsLast()));
  const graph::ConvolutionAttributes attributes = ConvolutionOf(window);
  graph::Op op = graph::Conv2D{attributes};
  if (depthwise) op = graph::DepthwiseConv2D{attributes};
  GOLDCREST_TRY(const ValueId id, AddLayer(c, std::move(op), arranged, layer));
  return c.In(ChannelsLast(), id);
}

// What makes pictures larger: the graph makes it with the padding of SAME, or without, and the edge
// is cut off then.
Made ImportConvTranspose(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 3));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().Expect("group", 1));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  GOLDCREST_TRY(const Array filter, c.ArrayOf(1));
  GOLDCREST_RETURN_IF_ERROR(ExpectWeights(filter, 4));
  const bool known = x.shape.size() == 4 && x.shape[2] > 0 && x.shape[3] > 0;
  GOLDCREST_TRY(const std::string automatic, c.attributes().Text("auto_pad", "NOTSET"));
  if (!known || automatic != "NOTSET" || c.attributes().Has("output_shape")) {
    return Fail(ErrorCode::kUnsupported, "a transposed convolution over ",
                tensor::ToString(x.shape),
                "; pictures of a known size and paddings that are counted are read");
  }
  GOLDCREST_TRY(const Window w, WindowOf(c, filter.shape[2], filter.shape[3], -1, -1));
  GOLDCREST_TRY(const auto added, c.attributes().Integers("output_padding", {0, 0}));
  const bool fits = w.dilation_h == 1 && w.dilation_w == 1 && added.size() == 2 && added[0] >= 0 &&
                    added[1] >= 0 && added[0] < w.stride_h && added[1] < w.stride_w;
  if (!fits) return Fail(ErrorCode::kUnsupported, "has a dilation, or a large output_padding");
  const int64_t full_h = (x.shape[2] - 1) * w.stride_h + w.kernel_h;
  const int64_t full_w = (x.shape[3] - 1) * w.stride_w + w.kernel_w;
  const int64_t h = full_h + added[0] - w.padding.top - w.padding.bottom;
  const int64_t width = full_w + added[1] - w.padding.left - w.padding.right;
  if (h < 1 || width < 1) return Invalid("makes a picture of ", h, " x ", width);
  graph::ConvTranspose2D op;
  op.stride_h = w.stride_h;
  op.stride_w = w.stride_w;
  op.height = h;
  op.width = width;
  op.padding.kind = graph::PaddingKind::kSame;
  graph::ConvolutionAttributes same;
  same.stride_h = w.stride_h;
  same.stride_w = w.stride_w;
  same.padding = op.padding;
  const graph::PaddingCounts around = graph::ResolvePadding(same, h, width, w.kernel_h, w.kernel_w);
  const bool is_same = around.top == w.padding.top && around.left == w.padding.left &&
                       (h + w.stride_h - 1) / w.stride_h == x.shape[2] &&
                       (width + w.stride_w - 1) / w.stride_w == x.shape[3];
  if (!is_same) {
    op.padding.kind = graph::PaddingKind::kValid;
    op.height = std::max(full_h, w.padding.top + h);
    op.width = std::max(full_w, w.padding.left + width);
  }
  LayerWeights layer;
  layer.filter = filter;
  layer.how = "transposed convolution";
  layer.turned = [&] { return Permuted(filter, {1, 2, 3, 0}, c.budget()); };
  GOLDCREST_TRY(layer.bias, BiasOf(c, 2, filter.shape[1]));
  GOLDCREST_TRY(const ValueId arranged, c.Arranged(x, ChannelsLast()));
  GOLDCREST_TRY(ValueId id, AddLayer(c, op, arranged, layer));
  if (op.height != h || op.width != width) {
    const graph::StridedSlice cut{
        {0, w.padding.top, w.padding.left, 0}, {-1, h, width, -1}, {1, 1, 1, 1}, {}};
    GOLDCREST_TRY(id, c.Move(cut, id, "/cut"));
  }
  return c.In(ChannelsLast(), id);
}

Made ImportGemm(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 3));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().Expect("transA", 0));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  GOLDCREST_TRY(const Shape weights, c.ShapeOf(1));
  if (x.shape.size() != 2 || weights.size() != 2) {
    return Invalid("multiplies ", tensor::ToString(x.shape), " by ", tensor::ToString(weights));
  }
  Dense dense;
  GOLDCREST_TRY(const int64_t as_is, c.attributes().Integer("transB", 0));
  GOLDCREST_TRY(dense.alpha, c.attributes().Number("alpha", 1));
  GOLDCREST_TRY(const double beta, c.attributes().Number("beta", 1));
  dense.turned = as_is == 0;
  const int64_t outputs = weights[dense.turned ? 1 : 0];
  GOLDCREST_TRY(const std::optional<Array> bias, GemmBias(c, beta, outputs));
  const bool added = c.Has(2) && !bias;
  if (added && beta != 1) {
    return Fail(ErrorCode::kUnsupported, "adds ", beta, " times a matrix");
  }
  GOLDCREST_TRY(ValueId id, AddDense(c, x, dense, bias));
  if (added) {
    GOLDCREST_TRY(const Placed addend, c.Value(2));
    if (addend.shape.size() > 2) return Invalid("adds ", tensor::ToString(addend.shape));
    GOLDCREST_TRY(const ValueId arranged, c.Arranged(addend, Straight(addend.shape.size())));
    GOLDCREST_TRY(id, c.Real(id));
    GOLDCREST_TRY(const ValueId real, c.Real(arranged));
    GOLDCREST_TRY(id, c.Append(graph::Add{}, {id, real}, "/sum"));
  }
  return c.In(Straight(2), id);
}

Made ImportMatMul(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  if (x.shape.size() < 2) {
    return Fail(ErrorCode::kUnsupported, "multiplies ", tensor::ToString(x.shape),
                "; rows of features are read");
  }
  GOLDCREST_TRY(const ValueId id, AddDense(c, x, {.turned = true}, std::nullopt));
  return c.In(Straight(x.shape.size()), id);
}

}  // namespace goldcrest::formats::onnx
