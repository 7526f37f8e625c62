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

// (x): a vector's elements from begin to end by stride; `scalar` drops the dimension (one element).
struct StridedSlice {
  static constexpr std::string_view kName = "strided_slice";
  int64_t begin = 0, end = 0, stride = 1;  // non-negative, stride positive
  bool scalar = false;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("begin", self.begin);
    visit("end", self.end);
    visit("stride", self.stride);
    visit("scalar", self.scalar);
  }
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

using Op = std::variant<Conv2D, DepthwiseConv2D, FullyConnected, AveragePool2D, MaxPool2D,
                        BatchNorm, Activate, HardSwish, Logistic, Tanh, LeakyRelu, Add, Mul, Pad,
                        Mean, Softmax, Reshape, Concatenation, ShapeOf, StridedSlice, Pack,
                        Quantize, Dequantize, Dropout, TrainingOnly>;

inline std::string_view NameOf(const Op& op) {
  return std::visit([](const auto& o) { return o.kName; }, op);
}

}  // namespace goldcrest::graph
