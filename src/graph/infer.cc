#include "graph/infer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <span>
#include <utility>

#include "graph/layer_types.h"

namespace goldcrest::graph {
namespace {

using tensor::DType;
using tensor::Shape;
using Contents = std::optional<std::vector<int64_t>>;

// What is known of a value: its elements too, where it is a small integer vector.
struct Facts {
  DType dtype = DType::kFloat32;
  Shape shape;
  Contents contents;
};

using Inputs = std::span<const Facts* const>;
using Inferred = Result<Facts>;

constexpr size_t kMostContents = 32;
constexpr size_t kMostParts = 1024;  // of a concatenation
// Keeps every product of two dimensions, strides and dilations far from overflow.
constexpr int64_t kLargestDimension = std::numeric_limits<int32_t>::max();

template <class... Parts>
std::unexpected<Error> Invalid(const Parts&... parts) {
  return Fail(ErrorCode::kInvalid, parts...);
}

Status ExpectInputs(Inputs inputs, size_t least, size_t most) {
  if (inputs.size() >= least && inputs.size() <= most) return {};
  return Invalid("has ", inputs.size(), " inputs, ", least == most ? "" : base::Cat(least, " to "),
                 most, " expected");
}

Status ExpectRank(const char* what, const Facts& facts, size_t rank) {
  if (facts.shape.size() == rank) return {};
  return Invalid(what, " has ", facts.shape.size(), " dimensions, ", rank, " expected");
}

// A vector of `count` elements, one for each channel.
Status ExpectVector(const char* what, const Facts& facts, int64_t count) {
  if (facts.shape == Shape{count}) return {};
  return Invalid(what, " has the shape ", tensor::ToString(facts.shape), ", [", count,
                 "] expected");
}

Status ExpectFilter(const Shape& filter) {
  if (std::ranges::all_of(filter, [](int64_t d) { return d >= 1; })) return {};
  return Invalid("the filter has the shape ", tensor::ToString(filter));
}

// Of x, weights and perhaps a bias.
Status ExpectLayerTypes(Inputs in) {
  std::optional<DType> bias;
  if (in.size() == 3) bias = in[2]->dtype;
  auto arithmetic = LayerArithmeticOf(in[0]->dtype, in[1]->dtype, bias);
  if (!arithmetic) return std::unexpected(std::move(arithmetic.error()));
  return {};
}

int64_t OutputSize(int64_t input, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                   int64_t after) {
  int64_t span = (kernel - 1) * dilation + 1;
  int64_t room = input + before + after - span;
  return room < 0 ? 0 : room / stride + 1;
}

Status CheckConvolution(const ConvolutionAttributes& a) {
  for (int64_t n : {a.stride_h, a.stride_w, a.dilation_h, a.dilation_w}) {
    if (n < 1 || n > kLargestDimension) return Invalid("has a stride or dilation of ", n);
  }
  const Padding& p = a.padding;
  for (int64_t n : {p.top, p.bottom, p.left, p.right}) {
    if (n < 0 || n > kLargestDimension) return Invalid("has a padding of ", n);
  }
  return {};
}

// The output of a convolution whose filter has kernel_h x kernel_w taps and makes `channels`.
Inferred ConvolutionOutput(const ConvolutionAttributes& a, const Facts& x, int64_t kernel_h,
                           int64_t kernel_w, int64_t channels) {
  PaddingCounts p = ResolvePadding(a, x.shape[1], x.shape[2], kernel_h, kernel_w);
  Shape shape = {x.shape[0], -1, -1, channels};
  if (x.shape[1] >= 0) {
    shape[1] = OutputSize(x.shape[1], kernel_h, a.stride_h, a.dilation_h, p.top, p.bottom);
  }
  if (x.shape[2] >= 0) {
    shape[2] = OutputSize(x.shape[2], kernel_w, a.stride_w, a.dilation_w, p.left, p.right);
  }
  if (shape[1] == 0 || shape[2] == 0) {
    return Invalid("a kernel of ", kernel_h, " x ", kernel_w, " does not fit into a picture of ",
                   x.shape[1], " x ", x.shape[2]);
  }
  return Facts{x.dtype, std::move(shape)};
}

Inferred Infer(const Conv2D& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 3));
  GOLDCREST_RETURN_IF_ERROR(ExpectLayerTypes(in));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the input", *in[0], 4));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the filter", *in[1], 4));
  GOLDCREST_RETURN_IF_ERROR(CheckConvolution(op));
  const Shape& filter = in[1]->shape;
  GOLDCREST_RETURN_IF_ERROR(ExpectFilter(filter));
  if (filter[3] != in[0]->shape[3]) {
    return Invalid("the filter reads ", filter[3], " channels, the input has ", in[0]->shape[3]);
  }
  if (in.size() == 3) GOLDCREST_RETURN_IF_ERROR(ExpectVector("the bias", *in[2], filter[0]));
  return ConvolutionOutput(op, *in[0], filter[1], filter[2], filter[0]);
}

Inferred Infer(const DepthwiseConv2D& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 3));
  GOLDCREST_RETURN_IF_ERROR(ExpectLayerTypes(in));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the input", *in[0], 4));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the filter", *in[1], 4));
  GOLDCREST_RETURN_IF_ERROR(CheckConvolution(op));
  const Shape& filter = in[1]->shape;
  GOLDCREST_RETURN_IF_ERROR(ExpectFilter(filter));
  int64_t channels = in[0]->shape[3];
  if (filter[0] != 1 || channels < 1 || filter[3] < 1 || filter[3] % channels != 0) {
    return Invalid("the filter ", tensor::ToString(filter), " does not divide over ", channels,
                   " input channels");
  }
  if (in.size() == 3) GOLDCREST_RETURN_IF_ERROR(ExpectVector("the bias", *in[2], filter[3]));
  return ConvolutionOutput(op, *in[0], filter[1], filter[2], filter[3]);
}

Inferred Infer(const FullyConnected&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 3));
  GOLDCREST_RETURN_IF_ERROR(ExpectLayerTypes(in));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the weight", *in[1], 2));
  const Shape& weights = in[1]->shape;
  GOLDCREST_RETURN_IF_ERROR(ExpectFilter(weights));
  Shape shape = in[0]->shape;
  if (shape.size() < 2 || shape.back() != weights[1]) {
    return Invalid("the weights read ", weights[1], " features, the input is ",
                   tensor::ToString(shape));
  }
  if (in.size() == 3) GOLDCREST_RETURN_IF_ERROR(ExpectVector("the bias", *in[2], weights[0]));
  shape.back() = weights[0];
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred InferPool(const PoolAttributes& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the input", *in[0], 4));
  GOLDCREST_RETURN_IF_ERROR(CheckConvolution(WindowOf(op)));
  if (op.padding.kind == PaddingKind::kExplicit) return Invalid("has explicit padding");
  for (int64_t n : {op.filter_h, op.filter_w}) {
    if (n < 1 || n > kLargestDimension) return Invalid("has a window of ", n);
  }
  return ConvolutionOutput(WindowOf(op), *in[0], op.filter_h, op.filter_w, in[0]->shape[3]);
}

Inferred Infer(const AveragePool2D& op, Inputs in) { return InferPool(op, in); }
Inferred Infer(const MaxPool2D& op, Inputs in) { return InferPool(op, in); }

Inferred Infer(const BatchNorm& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 5, 5));
  if (in[0]->shape.empty() || in[0]->shape.back() == 0) return Invalid("the input has no channels");
  for (size_t i = 1; i < 5; ++i) {
    constexpr std::array<const char*, 5> kNames = {"", "gamma", "beta", "the mean", "the variance"};
    GOLDCREST_RETURN_IF_ERROR(ExpectVector(kNames[i], *in[i], in[0]->shape.back()));
  }
  for (const Facts* facts : in) {
    if (facts->dtype == DType::kFloat32) continue;
    return Invalid("normalizes float32, not ", tensor::NameOf(facts->dtype));
  }
  if (!(op.epsilon >= 0)) return Invalid("epsilon is ", op.epsilon);
  return Facts{in[0]->dtype, in[0]->shape};
}

Inferred SameAsInput(Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  return Facts{in[0]->dtype, in[0]->shape};
}

Inferred Infer(const Activate&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const HardSwish&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const Logistic&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const Tanh&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const LeakyRelu&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const Dropout&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const TrainingOnly&, Inputs in) { return SameAsInput(in); }

Inferred Infer(const Softmax&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  if (in[0]->shape.empty() || in[0]->shape.back() == 0) return Invalid("the input has no classes");
  return Facts{in[0]->dtype, in[0]->shape};
}

// b is broadcast over a: aligned at the last dimension, each of b's either a's or 1.
Inferred Elementwise(Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  const Shape& a = in[0]->shape;
  const Shape& b = in[1]->shape;
  if (in[0]->dtype != in[1]->dtype) {
    return Invalid("the operands are ", tensor::NameOf(in[0]->dtype), " and ",
                   tensor::NameOf(in[1]->dtype));
  }
  bool fits = b.size() <= a.size();
  for (size_t i = 0; fits && i < b.size(); ++i) {
    fits = b[b.size() - 1 - i] == 1 || b[b.size() - 1 - i] == a[a.size() - 1 - i];
  }
  if (!fits) {
    return Invalid("an operand of shape ", tensor::ToString(b), " does not broadcast over ",
                   tensor::ToString(a));
  }
  return Facts{in[0]->dtype, a};
}

Inferred Infer(const Add&, Inputs in) { return Elementwise(in); }
Inferred Infer(const Mul&, Inputs in) { return Elementwise(in); }

Inferred Infer(const Pad& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  Shape shape = in[0]->shape;
  if (op.before.size() != shape.size() || op.after.size() != shape.size()) {
    return Invalid("pads ", op.before.size(), " dimensions of ", shape.size());
  }
  for (size_t i = 0; i < shape.size(); ++i) {
    for (int64_t n : {op.before[i], op.after[i]}) {
      if (n < 0 || n > kLargestDimension) return Invalid("has a padding of ", n);
    }
    if (shape[i] >= 0) shape[i] += op.before[i] + op.after[i];
  }
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const Mean& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  Shape shape = in[0]->shape;
  auto rank = static_cast<int64_t>(shape.size());
  for (size_t i = 0; i < op.axes.size(); ++i) {
    if (op.axes[i] < (i == 0 ? 0 : op.axes[i - 1] + 1) || op.axes[i] >= rank) {
      return Invalid("the axes are not rising numbers below ", rank);
    }
    if (shape[static_cast<size_t>(op.axes[i])] == 0) return Invalid("the mean of nothing");
  }
  for (size_t i = op.axes.size(); i-- > 0;) {
    auto at = static_cast<size_t>(op.axes[i]);
    if (op.keep_dims) {
      shape[at] = 1;
    } else {
      shape.erase(shape.begin() + static_cast<ptrdiff_t>(at));
    }
  }
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const Reshape& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 2));
  Shape shape = op.shape;
  if (in.size() == 2) {
    if (!in[1]->contents) {
      return Fail(ErrorCode::kUnsupported, "the target shape is computed from the model's data");
    }
    shape = *in[1]->contents;
  }
  auto unknown = std::ranges::count(shape, -1);
  bool negative = std::ranges::any_of(shape, [](int64_t d) { return d < -1; });
  if (unknown > 1 || negative) {
    return Invalid("the target shape is ", tensor::ToString(shape), "; at most one -1 is allowed");
  }
  // Dimensions on both sides, without the unknown one.
  auto known = [](Shape s) {
    std::erase(s, -1);
    return tensor::ElementCount(s);
  };
  std::optional<int64_t> from = known(in[0]->shape);
  std::optional<int64_t> to = known(shape);
  bool from_unknown = !tensor::IsKnown(in[0]->shape);
  bool fits = from && to &&
              (unknown == 1 ? *to > 0 && (*from % *to == 0 || from_unknown)
                            : (from_unknown ? *from > 0 && *to % *from == 0 : *from == *to));
  if (!fits) {
    return Invalid("an input of shape ", tensor::ToString(in[0]->shape), " cannot take the shape ",
                   tensor::ToString(shape));
  }
  if (unknown == 1 && !from_unknown) *std::ranges::find(shape, -1) = *from / *to;
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const Concatenation& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, kMostParts));
  Shape shape = in[0]->shape;
  if (op.axis < 0 || op.axis >= static_cast<int64_t>(shape.size())) {
    return Invalid("the axis is ", op.axis, " of ", shape.size(), " dimensions");
  }
  auto axis = static_cast<size_t>(op.axis);
  for (const Facts* part : in.subspan(1)) {
    Shape other = part->shape;
    bool fits = other.size() == shape.size() && part->dtype == in[0]->dtype;
    const int64_t size = fits ? std::exchange(other[axis], shape[axis]) : 0;
    if (!fits || other != shape) {
      return Invalid("a part of shape ", tensor::ToString(part->shape), " does not go with one of ",
                     tensor::ToString(in[0]->shape));
    }
    shape[axis] = shape[axis] < 0 || size < 0 ? -1 : shape[axis] + size;
  }
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const ShapeOf&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  auto rank = static_cast<int64_t>(in[0]->shape.size());
  return Facts{DType::kInt32, {rank}, in[0]->shape};
}

Inferred Infer(const StridedSlice& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the input", *in[0], 1));
  int64_t size = in[0]->shape[0];
  if (in[0]->dtype != DType::kInt32 || size < 0) {
    return Fail(ErrorCode::kUnsupported, "slices of anything but an int32 vector");
  }
  if (op.stride < 1 || op.begin < 0 || op.end < op.begin || op.end > size ||
      (op.scalar && op.end == op.begin)) {
    return Invalid("the slice ", op.begin, ":", op.end, ":", op.stride,
                   " does not lie within a vector of ", size);
  }
  int64_t count = (op.end - op.begin + op.stride - 1) / op.stride;
  Facts out{DType::kInt32, op.scalar ? Shape{} : Shape{count}};
  if (in[0]->contents) {
    out.contents.emplace();
    for (int64_t i = 0; i < (op.scalar ? 1 : count); ++i) {
      out.contents->push_back((*in[0]->contents)[static_cast<size_t>(op.begin + i * op.stride)]);
    }
  }
  return out;
}

Inferred Infer(const Pack&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, kMostContents));
  Facts out{DType::kInt32, {static_cast<int64_t>(in.size())}, std::vector<int64_t>()};
  for (const Facts* part : in) {
    if (part->dtype != DType::kInt32 || !part->shape.empty()) {
      return Fail(ErrorCode::kUnsupported, "packs anything but int32 scalars");
    }
    if (!part->contents) out.contents.reset();
    if (out.contents) out.contents->push_back(part->contents->front());
  }
  return out;
}

bool StandsForReals(DType dtype) {
  return dtype == DType::kInt8 || dtype == DType::kUInt8 || dtype == DType::kInt16;
}

Inferred Infer(const Quantize& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  bool fits = in[0]->dtype == DType::kFloat32 || StandsForReals(in[0]->dtype);
  if (!fits || !StandsForReals(op.dtype)) {
    return Invalid("makes ", tensor::NameOf(op.dtype), " of ", tensor::NameOf(in[0]->dtype));
  }
  return Facts{op.dtype, in[0]->shape};
}

Inferred Infer(const Dequantize&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  if (in[0]->dtype != DType::kFloat16 && !StandsForReals(in[0]->dtype)) {
    return Invalid("reads ", tensor::NameOf(in[0]->dtype));
  }
  return Facts{DType::kFloat32, in[0]->shape};
}

Facts FactsOf(const Value& value) {
  Facts facts{value.dtype, value.shape};
  bool small = value.constant && value.dtype == DType::kInt32 &&
               value.constant->bytes().size() <= kMostContents * sizeof(int32_t);
  if (small) {
    std::span<const int32_t> elements = value.constant->As<int32_t>();
    facts.contents.emplace(elements.begin(), elements.end());
  }
  return facts;
}

}  // namespace

ConvolutionAttributes WindowOf(const PoolAttributes& pool) {
  return {.stride_h = pool.stride_h, .stride_w = pool.stride_w, .padding = pool.padding};
}

PaddingCounts ResolvePadding(const ConvolutionAttributes& a, int64_t h, int64_t w, int64_t kernel_h,
                             int64_t kernel_w) {
  switch (a.padding.kind) {
    case PaddingKind::kValid:
      return {};
    case PaddingKind::kExplicit:
      return {a.padding.top, a.padding.bottom, a.padding.left, a.padding.right};
    case PaddingKind::kSame:
      break;
  }
  // TensorFlow: total = max((ceil(size / stride) − 1) · stride + span − size, 0), its half before.
  auto total = [](int64_t size, int64_t kernel, int64_t stride, int64_t dilation) {
    if (size < 0) return int64_t{0};
    int64_t span = (kernel - 1) * dilation + 1;
    return std::max<int64_t>(((size + stride - 1) / stride - 1) * stride + span - size, 0);
  };
  int64_t total_h = total(h, kernel_h, a.stride_h, a.dilation_h);
  int64_t total_w = total(w, kernel_w, a.stride_w, a.dilation_w);
  return {total_h / 2, total_h - total_h / 2, total_w / 2, total_w - total_w / 2};
}

std::string Describe(const Graph& graph, size_t node_index) {
  const Node& node = graph.nodes[node_index];
  return base::Cat("operator ", node_index, " ", NameOf(node.op), " '", graph.NameOf(node), "'");
}

Status BindInputShapes(Graph& graph, std::span<const Shape> shapes) {
  if (shapes.size() != graph.inputs.size()) {
    return Fail(ErrorCode::kUsage, "the model has ", graph.inputs.size(), " inputs, ",
                shapes.size(), " given");
  }
  for (size_t i = 0; i < shapes.size(); ++i) {
    Value& input = graph.value(graph.inputs[i]);
    bool fits = shapes[i].size() == input.shape.size();
    for (size_t d = 0; fits && d < shapes[i].size(); ++d) {
      fits = shapes[i][d] == input.shape[d] || (input.shape[d] == -1 && shapes[i][d] >= 0);
    }
    if (!fits) {
      return Fail(ErrorCode::kInvalid, "the input '", input.name, "' takes ",
                  tensor::NameOf(input.dtype), tensor::ToString(input.shape), ", not the shape ",
                  tensor::ToString(shapes[i]));
    }
    input.shape = shapes[i];
  }
  return InferShapes(graph);
}

Status BindDefaultShapes(Graph& graph) {
  std::vector<Shape> shapes;
  for (ValueId id : graph.inputs) {
    Shape shape = graph.value(id).shape;
    if (!shape.empty() && shape[0] == -1) shape[0] = 1;
    if (!tensor::IsKnown(shape)) {
      return Fail(ErrorCode::kUnsupported, "the input '", graph.value(id).name, "' has the shape ",
                  tensor::ToString(shape), ", whose size the model leaves open; state it with ",
                  "--input-shapes");
    }
    shapes.push_back(std::move(shape));
  }
  return BindInputShapes(graph, shapes);
}

Status InferShapes(Graph& graph) {
  for (const Value& value : graph.values) {
    for (int64_t d : value.shape) {
      if (d < -1 || d > kLargestDimension) {
        return Invalid("'", value.name, "' has the shape ", tensor::ToString(value.shape));
      }
    }
  }
  return InferShapesFrom(graph, 0);
}

Status InferShapesFrom(Graph& graph, size_t first) {
  std::map<ValueId, Facts> made;  // by the nodes from `first` on
  std::vector<Facts> operands;
  std::vector<const Facts*> inputs;
  for (size_t i = first; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    operands.clear();
    for (ValueId id : node.inputs) {
      auto found = made.find(id);
      operands.push_back(found != made.end() ? found->second : FactsOf(graph.value(id)));
    }
    inputs.clear();
    for (const Facts& operand : operands) inputs.push_back(&operand);
    Inferred inferred = std::visit([&](const auto& op) { return Infer(op, inputs); }, node.op);
    if (inferred && inferred->shape.size() > 8) {
      inferred = Fail(ErrorCode::kUnsupported, "more than 8 dimensions");
    }
    for (int64_t d : inferred ? inferred->shape : Shape{}) {
      if (d <= kLargestDimension) continue;
      inferred = Fail(ErrorCode::kInvalid, "a dimension of ", d, " is too large");
      break;
    }
    GOLDCREST_TRY(Facts out, Within(Describe(graph, i), std::move(inferred)));
    Value& value = graph.value(node.output);
    value.dtype = out.dtype;
    value.shape = out.shape;
    made[node.output] = std::move(out);
  }
  return {};
}

}  // namespace goldcrest::graph
