// The operators: a closed variant of plain structs. A new one is listed here, and std::visit makes
// the compiler name every place that must know it.
//
// Every struct has kName (its name in the text form) and Fields, which calls visit(name, member)
// for each attribute; the text form, its parser and JSON are made of that.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tensor/dtype.h"

namespace goldcrest::graph {

// Applied to an operator's result.
enum class Activation : uint8_t {
  kNone,
  kRelu,   // max(x, 0)
  kRelu6,  // min(max(x, 0), 6)
};
inline constexpr std::array<std::string_view, 3> kActivationNames = {"none", "relu", "relu6"};
inline std::string_view NameOf(Activation a) { return kActivationNames[static_cast<size_t>(a)]; }

enum class PaddingKind : uint8_t {
  kValid,     // none
  kSame,      // TensorFlow's SAME: output = ceil(input / stride), the odd pixel at the end
  kExplicit,  // the zeros counted below
};

struct Padding {
  PaddingKind kind = PaddingKind::kValid;
  int64_t top = 0, bottom = 0, left = 0, right = 0;  // for kExplicit only
  bool operator==(const Padding&) const = default;
};

// What conv2d and depthwise_conv2d share.
struct ConvolutionAttributes {
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  Padding padding;
  Activation activation = Activation::kNone;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("stride_h", self.stride_h);
    visit("stride_w", self.stride_w);
    visit("dilation_h", self.dilation_h);
    visit("dilation_w", self.dilation_w);
    visit("padding", self.padding);
    visit("activation", self.activation);
  }
};

// (x NHWC, filter OHWI, bias O or absent)
struct Conv2D : ConvolutionAttributes {
  static constexpr std::string_view kName = "conv2d";
};

// (x NHWC, filter 1HW(C·m), bias C·m or absent); output channel c·m + i reads input channel c.
struct DepthwiseConv2D : ConvolutionAttributes {
  static constexpr std::string_view kName = "depthwise_conv2d";
};

// (x NHWC, filter OHWI, bias O or absent): every input pixel adds its window, filter · pixel, to
// height x width output pixels, `stride` apart: the gradient of a convolution with these strides
// and this padding (same or valid) that makes x of the result.
struct ConvTranspose2D {
  static constexpr std::string_view kName = "conv_transpose2d";
  int64_t stride_h = 1, stride_w = 1;
  int64_t height = 1, width = 1;
  Padding padding;
  Activation activation = Activation::kNone;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("stride_h", self.stride_h);
    visit("stride_w", self.stride_w);
    visit("height", self.height);
    visit("width", self.width);
    visit("padding", self.padding);
    visit("activation", self.activation);
  }
};

// (x [..., I], weights OI, bias O or absent); all but the last dimension of x are rows.
struct FullyConnected {
  static constexpr std::string_view kName = "fully_connected";
  Activation activation = Activation::kNone;
  // Of hybrid arithmetic only: rows of x are quantized with a zero point.
  bool asymmetric_inputs = false;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("activation", self.activation);
    visit("asymmetric_inputs", self.asymmetric_inputs);
  }
};

// What the pools share: a window over x NHWC. Padding is same or valid.
struct PoolAttributes {
  int64_t filter_h = 1, filter_w = 1;
  int64_t stride_h = 1, stride_w = 1;
  Padding padding;
  Activation activation = Activation::kNone;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("filter_h", self.filter_h);
    visit("filter_w", self.filter_w);
    visit("stride_h", self.stride_h);
    visit("stride_w", self.stride_w);
    visit("padding", self.padding);
    visit("activation", self.activation);
  }
};

// (x NHWC): the mean over the window; pixels outside of the picture do not count.
struct AveragePool2D : PoolAttributes {
  static constexpr std::string_view kName = "average_pool2d";
};

// (x NHWC): the largest of the window.
struct MaxPool2D : PoolAttributes {
  static constexpr std::string_view kName = "max_pool2d";
};

// (x, gamma, beta, mean, variance), the last four one number a channel:
// gamma · (x − mean) / sqrt(variance + epsilon) + beta.
struct BatchNorm {
  static constexpr std::string_view kName = "batch_norm";
  double epsilon = 1e-3;
  double momentum = 0.99;  // in training: what the moving statistics keep of themselves at a step
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("epsilon", self.epsilon);
    visit("momentum", self.momentum);
  }
};

// (x): the activation alone.
struct Activate {
  static constexpr std::string_view kName = "activate";
  Activation activation = Activation::kRelu;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("activation", self.activation);
  }
};

// Functions of one operand that cannot be fused; none has attributes but leaky_relu.

// (x): x · relu6(x + 3) / 6.
struct HardSwish {
  static constexpr std::string_view kName = "hard_swish";
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

// (x): 1 / (1 + exp(−x)).
struct Logistic {
  static constexpr std::string_view kName = "logistic";
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

// (x): the hyperbolic tangent.
struct Tanh {
  static constexpr std::string_view kName = "tanh";
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

// (x): x where it is positive, else alpha · x.
struct LeakyRelu {
  static constexpr std::string_view kName = "leaky_relu";
  double alpha = 0.3;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("alpha", self.alpha);
  }
};

// (a, b): elementwise, b broadcast over a as NumPy does.
struct Add {
  static constexpr std::string_view kName = "add";
  Activation activation = Activation::kNone;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("activation", self.activation);
  }
};

struct Mul {
  static constexpr std::string_view kName = "mul";
  Activation activation = Activation::kNone;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("activation", self.activation);
  }
};

// (a, b): a − b, b broadcast over a.
struct Sub {
  static constexpr std::string_view kName = "sub";
  Activation activation = Activation::kNone;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("activation", self.activation);
  }
};

// (a, b): a / b, b broadcast over a.
struct Div {
  static constexpr std::string_view kName = "div";
  Activation activation = Activation::kNone;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("activation", self.activation);
  }
};

// (a, b): the larger, and the smaller, of both; b broadcast over a.
struct Maximum {
  static constexpr std::string_view kName = "maximum";
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

struct Minimum {
  static constexpr std::string_view kName = "minimum";
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

// (x, alpha): x where it is positive, else alpha · x; alpha is broadcast over x.
struct Prelu {
  static constexpr std::string_view kName = "prelu";
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

enum class MathFunction : uint8_t {
  kAbs,
  kCeil,
  kCos,
  kElu,  // x where it is positive, else exp(x) − 1
  kExp,
  kFloor,
  kLog,
  kNeg,
  kRound,  // halves to even
  kRsqrt,  // 1 / sqrt(x)
  kSin,
  kSqrt,
  kSquare,
};
inline constexpr std::array<std::string_view, 13> kMathFunctionNames = {
    "abs", "ceil",  "cos",   "elu", "exp",  "floor", "log",
    "neg", "round", "rsqrt", "sin", "sqrt", "square"};
inline std::string_view NameOf(MathFunction f) {
  return kMathFunctionNames[static_cast<size_t>(f)];
}

// (x): the function of each element.
struct Math {
  static constexpr std::string_view kName = "math";
  MathFunction function = MathFunction::kAbs;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("function", self.function);
  }
};

// (x): zeros around x; before[i] and after[i] along dimension i.
struct Pad {
  static constexpr std::string_view kName = "pad";
  std::vector<int64_t> before, after;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("before", self.before);
    visit("after", self.after);
  }
};

// (x): the mean over `axes` (each in [0, rank), rising).
struct Mean {
  static constexpr std::string_view kName = "mean";
  std::vector<int64_t> axes;
  bool keep_dims = false;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("axes", self.axes);
    visit("keep_dims", self.keep_dims);
  }
};

enum class Reduction : uint8_t { kSum, kProduct, kLargest, kSmallest };
inline constexpr std::array<std::string_view, 4> kReductionNames = {"sum", "product", "largest",
                                                                    "smallest"};
inline std::string_view NameOf(Reduction r) { return kReductionNames[static_cast<size_t>(r)]; }

// (x): one number made of all along `axes` (each in [0, rank), rising).
struct Reduce {
  static constexpr std::string_view kName = "reduce";
  Reduction reduction = Reduction::kSum;
  std::vector<int64_t> axes;
  bool keep_dims = false;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("reduction", self.reduction);
    visit("axes", self.axes);
    visit("keep_dims", self.keep_dims);
  }
};

// (x): where along `axis` (in [0, rank)), which goes, the largest element is, or the smallest; the
// first of equals.
struct ArgMax {
  static constexpr std::string_view kName = "arg_max";
  int64_t axis = 0;
  tensor::DType dtype = tensor::DType::kInt64;  // of the result: int32 or int64
  bool smallest = false;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
    visit("dtype", self.dtype);
    visit("smallest", self.smallest);
  }
};

// (x): over the last dimension, x / sqrt(Σ x²).
struct L2Normalize {
  static constexpr std::string_view kName = "l2_normalize";
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

// (x): over the last dimension, exp(beta · x) / Σ exp(beta · x).
struct Softmax {
  static constexpr std::string_view kName = "softmax";
  double beta = 1;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("beta", self.beta);
  }
};

// (x) to `shape`, or (x, shape as int32); one dimension may be -1: whatever is left.
struct Reshape {
  static constexpr std::string_view kName = "reshape";
  std::vector<int64_t> shape;  // unused where the shape is an operand
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("shape", self.shape);
  }
};

// (x): x's shape as an int32 vector.
struct ShapeOf {
  static constexpr std::string_view kName = "shape";
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

// (x): along each dimension, `size` elements from `begin` on, each `stride` after the last, which
// may be negative. A size of -1 is the whole dimension, forward. `dropped` lists dimensions
// (rising, of size 1 then) that the result does not have.
struct StridedSlice {
  static constexpr std::string_view kName = "strided_slice";
  std::vector<int64_t> begin, size, stride, dropped;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("begin", self.begin);
    visit("size", self.size);
    visit("stride", self.stride);
    visit("dropped", self.dropped);
  }
};

// (x): dimension i of the result is dimension permutation[i] of x.
struct Transpose {
  static constexpr std::string_view kName = "transpose";
  std::vector<int64_t> permutation;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("permutation", self.permutation);
  }
};

// (x NHWC): squares of block × block pixels become the channels of one, row by row.
struct SpaceToDepth {
  static constexpr std::string_view kName = "space_to_depth";
  int64_t block = 1;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("block", self.block);
  }
};

// (x NHWC): the reverse.
struct DepthToSpace {
  static constexpr std::string_view kName = "depth_to_space";
  int64_t block = 1;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("block", self.block);
  }
};

// What both ways between pixels and batch share: pictures of every block_h-th row and block_w-th
// column.
struct BlockAttributes {
  int64_t block_h = 1, block_w = 1;
  int64_t top = 0, bottom = 0, left = 0, right = 0;  // rows and columns of the large pictures
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("block_h", self.block_h);
    visit("block_w", self.block_w);
    visit("top", self.top);
    visit("bottom", self.bottom);
    visit("left", self.left);
    visit("right", self.right);
  }
};

// (x NHWC): with zeros around, as block_h · block_w small pictures each, those of one place in the
// block beside each other along the batch.
struct SpaceToBatch : BlockAttributes {
  static constexpr std::string_view kName = "space_to_batch";
};

// (x NHWC): the reverse; what lies around is cropped.
struct BatchToSpace : BlockAttributes {
  static constexpr std::string_view kName = "batch_to_space";
};

// What both resizes share: x NHWC to height × width. Output pixel i shows the place i · scale,
// scale being in / out; with `half_pixel_centers` (i + 1/2) · scale − 1/2; with `align_corners`
// scale is (in − 1) / (out − 1).
struct ResizeAttributes {
  int64_t height = 1, width = 1;
  bool align_corners = false, half_pixel_centers = false;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("height", self.height);
    visit("width", self.width);
    visit("align_corners", self.align_corners);
    visit("half_pixel_centers", self.half_pixel_centers);
  }
};

// (x NHWC): between the four pixels around a place.
struct ResizeBilinear : ResizeAttributes {
  static constexpr std::string_view kName = "resize_bilinear";
};

// (x NHWC): the pixel at a place rounded down, or to nearest with `align_corners`.
struct ResizeNearest : ResizeAttributes {
  static constexpr std::string_view kName = "resize_nearest";
};

// (x...): side by side along `axis`, a number in [0, rank); all other dimensions are equal.
struct Concatenation {
  static constexpr std::string_view kName = "concatenation";
  int64_t axis = 0;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
  }
};

// (scalars...): a vector of them.
struct Pack {
  static constexpr std::string_view kName = "pack";
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

// (x float32, or quantized): the integers of type `dtype` that stand for x by the result's scale.
struct Quantize {
  static constexpr std::string_view kName = "quantize";
  tensor::DType dtype = tensor::DType::kInt8;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("dtype", self.dtype);
  }
};

// (x quantized, or float16): the reals that it stands for, as float32.
struct Dequantize {
  static constexpr std::string_view kName = "dequantize";
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

// (x): the elements as another type; reals are cut off towards zero.
struct Cast {
  static constexpr std::string_view kName = "cast";
  tensor::DType dtype = tensor::DType::kFloat32;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("dtype", self.dtype);
  }
};

// (boxes [1, n, 4 or more]: y, x, height, width by anchors; scores [1, n, classes or one more, the
// first then being the background]; anchors [n, 4]): the best boxes that do not cover each other,
// as one vector of float32 for m = `max_detections` · `max_classes_per_detection`: m boxes (top,
// left, bottom, right, as parts of the picture), m classes, m scores, and how many there are; zeros
// after these. What TensorFlow's object detection models end in.
struct DetectionPostProcess {
  static constexpr std::string_view kName = "detection_post_process";
  int64_t max_detections = 1, max_classes_per_detection = 1, detections_per_class = 100;
  int64_t num_classes = 1;
  bool regular_nms = false;  // for each class by itself; else once, by each box's best classes
  double nms_score_threshold = 0, nms_iou_threshold = 0.6;
  double y_scale = 10, x_scale = 10, h_scale = 5, w_scale = 5;

  // m above.
  int64_t rows() const { return max_detections * max_classes_per_detection; }
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("max_detections", self.max_detections);
    visit("max_classes_per_detection", self.max_classes_per_detection);
    visit("detections_per_class", self.detections_per_class);
    visit("num_classes", self.num_classes);
    visit("regular_nms", self.regular_nms);
    visit("nms_score_threshold", self.nms_score_threshold);
    visit("nms_iou_threshold", self.nms_iou_threshold);
    visit("y_scale", self.y_scale);
    visit("x_scale", self.x_scale);
    visit("h_scale", self.h_scale);
    visit("w_scale", self.w_scale);
  }
};

// (x, min, max): each x as the integer nearest to it would give it back, of as many as `bits` can
// count from min to max, one less with `narrow_range`. The range is moved until zero is one of its
// steps. min and max are one number each, or one for each index of x's dimension `axis`. Models
// that are trained for integers have it where they will be.
struct FakeQuant {
  static constexpr std::string_view kName = "fake_quant";
  int64_t bits = 8;  // 2 to 16
  bool narrow_range = false;
  int64_t axis = 0;  // of several ranges
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("bits", self.bits);
    visit("narrow_range", self.narrow_range);
    visit("axis", self.axis);
  }
};

// (x): x; a training-only layer, kept so that the model can be written back.
struct Dropout {
  static constexpr std::string_view kName = "dropout";
  double rate = 0;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("rate", self.rate);
  }
};

// (x): x; any other layer that does something in training only, such as the augmentation of
// pictures. `layer` is its class.
struct TrainingOnly {
  static constexpr std::string_view kName = "training_only";
  std::string layer;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("layer", self.layer);
  }
};

using Op =
    std::variant<Conv2D, DepthwiseConv2D, ConvTranspose2D, FullyConnected, AveragePool2D, MaxPool2D,
                 BatchNorm, Activate, HardSwish, Logistic, Tanh, LeakyRelu, Prelu, Math, Add, Sub,
                 Mul, Div, Maximum, Minimum, Pad, Mean, Reduce, ArgMax, L2Normalize, Softmax,
                 ResizeBilinear, ResizeNearest, Reshape, Transpose, StridedSlice, SpaceToDepth,
                 DepthToSpace, SpaceToBatch, BatchToSpace, Concatenation, ShapeOf, Pack, Cast,
                 Quantize, Dequantize, FakeQuant, DetectionPostProcess, Dropout, TrainingOnly>;

inline std::string_view NameOf(const Op& op) {
  return std::visit([](const auto& o) { return o.kName; }, op);
}

}  // namespace goldcrest::graph
