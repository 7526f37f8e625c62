#include "train/double_forward.h"

#include <algorithm>
#include <cmath>

#include "graph/padding.h"

namespace goldcrest::testing {
namespace {

using tensor::Shape;

double Activated(double x, graph::Activation activation) {
  if (activation == graph::Activation::kNone) return x;
  x = std::max(x, 0.0);
  return activation == graph::Activation::kRelu6 ? std::min(x, 6.0) : x;
}

class Interpreter {
 public:
  Interpreter(const graph::Graph& graph, bool batch_statistics, DoubleValues& values)
      : graph_(graph), batch_statistics_(batch_statistics), values_(values) {}

  void Run() {
    for (const graph::Node& node : graph_.nodes) {
      node_ = &node;
      if (graph_.value(node.output).dtype != tensor::DType::kFloat32) continue;
      size_t count = 1;
      for (int64_t d : Out()) count *= static_cast<size_t>(d);
      y_.assign(count, 0);
      std::visit([this](const auto& op) { Compute(op); }, node.op);
      values_[static_cast<size_t>(node.output)] = y_;
    }
  }

 private:
  const Shape& In(size_t i) const { return graph_.value(node_->inputs[i]).shape; }
  const Shape& Out() const { return graph_.value(node_->output).shape; }
  const std::vector<double>& X(size_t i) const {
    return values_[static_cast<size_t>(node_->inputs[i])];
  }
  double& Y(size_t i) { return y_[i]; }

  // body(output pixel, input pixel, tap) for all that lie inside of the picture.
  template <class Body>
  void ForWindow(const graph::ConvolutionAttributes& op, int64_t kernel_h, int64_t kernel_w,
                 const Body& body) {
    const Shape& in = In(0);
    const Shape& out = Out();
    const graph::PaddingCounts pad = graph::ResolvePadding(op, in[1], in[2], kernel_h, kernel_w);
    for (int64_t n = 0; n < out[0]; ++n) {
      for (int64_t i = 0; i < out[1]; ++i) {
        for (int64_t j = 0; j < out[2]; ++j) {
          for (int64_t u = 0; u < kernel_h; ++u) {
            for (int64_t v = 0; v < kernel_w; ++v) {
              const int64_t y = i * op.stride_h - pad.top + u * op.dilation_h;
              const int64_t x = j * op.stride_w - pad.left + v * op.dilation_w;
              if (y < 0 || y >= in[1] || x < 0 || x >= in[2]) continue;
              body(static_cast<size_t>((n * out[1] + i) * out[2] + j),
                   static_cast<size_t>((n * in[1] + y) * in[2] + x),
                   static_cast<size_t>(u * kernel_w + v));
            }
          }
        }
      }
    }
  }

  // A layer's bias, and what comes after all is summed.
  void Finish(graph::Activation activation) {
    const auto channels = static_cast<size_t>(Out().back());
    for (size_t i = 0; i < y_.size(); ++i) {
      if (node_->inputs.size() > 2) y_[i] += X(2)[i % channels];
      y_[i] = Activated(y_[i], activation);
    }
  }

  void Compute(const graph::Conv2D& op) {
    const auto in = static_cast<size_t>(In(0)[3]);
    const auto out = static_cast<size_t>(Out()[3]);
    const Shape& filter = In(1);
    const auto taps = static_cast<size_t>(filter[1] * filter[2]);
    ForWindow(op, filter[1], filter[2], [&](size_t to, size_t from, size_t tap) {
      for (size_t o = 0; o < out; ++o) {
        for (size_t c = 0; c < in; ++c) {
          Y(to * out + o) += X(0)[from * in + c] * X(1)[(o * taps + tap) * in + c];
        }
      }
    });
    Finish(op.activation);
  }

  void Compute(const graph::DepthwiseConv2D& op) {
    const auto in = static_cast<size_t>(In(0)[3]);
    const auto out = static_cast<size_t>(Out()[3]);
    ForWindow(op, In(1)[1], In(1)[2], [&](size_t to, size_t from, size_t tap) {
      for (size_t o = 0; o < out; ++o) {
        Y(to * out + o) += X(0)[from * in + o / (out / in)] * X(1)[tap * out + o];
      }
    });
    Finish(op.activation);
  }

  void Compute(const graph::FullyConnected& op) {
    const auto in = static_cast<size_t>(In(1)[1]);
    const auto out = static_cast<size_t>(In(1)[0]);
    for (size_t i = 0; i < y_.size(); ++i) {
      for (size_t c = 0; c < in; ++c) Y(i) += X(0)[i / out * in + c] * X(1)[i % out * in + c];
    }
    Finish(op.activation);
  }

  void Pool(const graph::PoolAttributes& op, bool average) {
    const auto channels = static_cast<size_t>(Out()[3]);
    std::vector<double> counts(y_.size() / channels, 0);
    if (!average) std::ranges::fill(y_, -1e300);
    ForWindow(graph::WindowOf(op), op.filter_h, op.filter_w, [&](size_t to, size_t from, size_t) {
      ++counts[to];
      for (size_t c = 0; c < channels; ++c) {
        double& y = Y(to * channels + c);
        const double x = X(0)[from * channels + c];
        y = average ? y + x : std::max(y, x);
      }
    });
    for (size_t i = 0; average && i < y_.size(); ++i) y_[i] /= counts[i / channels];
  }
  void Compute(const graph::AveragePool2D& op) { Pool(op, true); }
  void Compute(const graph::MaxPool2D& op) { Pool(op, false); }

  void Compute(const graph::BatchNorm& op) {
    const auto channels = static_cast<size_t>(Out().back());
    const double n = static_cast<double>(y_.size() / channels);
    for (size_t c = 0; c < channels; ++c) {
      double mean = X(3)[c];
      double variance = X(4)[c];
      if (batch_statistics_) {
        mean = variance = 0;
        for (size_t i = c; i < y_.size(); i += channels) mean += X(0)[i] / n;
        for (size_t i = c; i < y_.size(); i += channels) {
          variance += (X(0)[i] - mean) * (X(0)[i] - mean) / n;
        }
      }
      for (size_t i = c; i < y_.size(); i += channels) {
        y_[i] = X(1)[c] * (X(0)[i] - mean) / std::sqrt(variance + op.epsilon) + X(2)[c];
      }
    }
  }

  template <class Function>
  void Unary(const Function& f) {
    for (size_t i = 0; i < y_.size(); ++i) y_[i] = f(X(0)[i]);
  }
  void Compute(const graph::Activate& op) {
    Unary([&](double x) { return Activated(x, op.activation); });
  }
  void Compute(const graph::HardSwish&) {
    Unary([](double x) { return x * std::clamp(x + 3, 0.0, 6.0) / 6; });
  }
  void Compute(const graph::Logistic&) {
    Unary([](double x) { return 1 / (1 + std::exp(-x)); });
  }
  void Compute(const graph::Tanh&) {
    Unary([](double x) { return std::tanh(x); });
  }
  void Compute(const graph::LeakyRelu& op) {
    Unary([&](double x) { return x > 0 ? x : op.alpha * x; });
  }

  // The element of an operand that a result's element reads.
  static size_t BroadcastTo(size_t i, const Shape& out, const Shape& in) {
    size_t at = 0;
    size_t step = 1;
    for (size_t d = 0; d < out.size(); ++d) {
      const auto length = static_cast<size_t>(out[out.size() - 1 - d]);
      if (d < in.size()) {
        const auto own = static_cast<size_t>(in[in.size() - 1 - d]);
        if (own != 1) at += i % length * step;
        step *= own;
      }
      i /= length;
    }
    return at;
  }
  template <class Function>
  void Binary(const Function& f) {
    for (size_t i = 0; i < y_.size(); ++i) {
      y_[i] = f(X(0)[BroadcastTo(i, Out(), In(0))], X(1)[BroadcastTo(i, Out(), In(1))]);
    }
  }
  void Compute(const graph::Add& op) {
    Binary([&](double a, double b) { return Activated(a + b, op.activation); });
  }
  void Compute(const graph::Mul& op) {
    Binary([&](double a, double b) { return Activated(a * b, op.activation); });
  }

  // Where a place in one shape, moved by `at`, lies in another; of equal ranks.
  static size_t Moved(size_t i, const Shape& from, const Shape& to, const Shape& at) {
    size_t place = 0;
    size_t step = 1;
    for (size_t d = from.size(); d-- > 0;) {
      place += (i % static_cast<size_t>(from[d]) + static_cast<size_t>(at[d])) * step;
      i /= static_cast<size_t>(from[d]);
      step *= static_cast<size_t>(to[d]);
    }
    return place;
  }
  void Compute(const graph::Pad& op) {
    for (size_t i = 0; i < X(0).size(); ++i) Y(Moved(i, In(0), Out(), op.before)) = X(0)[i];
  }
  void Compute(const graph::Concatenation& op) {
    Shape at(Out().size(), 0);
    for (size_t input = 0; input < node_->inputs.size(); ++input) {
      for (size_t i = 0; i < X(input).size(); ++i) {
        Y(Moved(i, In(input), Out(), at)) = X(input)[i];
      }
      at[static_cast<size_t>(op.axis)] += In(input)[static_cast<size_t>(op.axis)];
    }
  }

  void Compute(const graph::Mean& op) {
    const double count = static_cast<double>(X(0).size() / y_.size());
    Shape kept = In(0);
    for (int64_t axis : op.axes) kept[static_cast<size_t>(axis)] = 1;
    for (size_t i = 0; i < X(0).size(); ++i) Y(BroadcastTo(i, In(0), kept)) += X(0)[i] / count;
  }

  void Compute(const graph::Softmax& op) {
    const auto classes = static_cast<size_t>(Out().back());
    for (size_t row = 0; row < y_.size(); row += classes) {
      double sum = 0;
      for (size_t i = row; i < row + classes; ++i) sum += std::exp(op.beta * X(0)[i]);
      for (size_t i = row; i < row + classes; ++i) y_[i] = std::exp(op.beta * X(0)[i]) / sum;
    }
  }

  template <class Op>
  void Compute(const Op&) {  // hands its operand on
    y_ = X(0);
  }

  const graph::Graph& graph_;
  bool batch_statistics_;
  DoubleValues& values_;
  const graph::Node* node_ = nullptr;
  std::vector<double> y_;
};

}  // namespace

void RunInDouble(const graph::Graph& graph, bool batch_statistics, DoubleValues& values) {
  Interpreter(graph, batch_statistics, values).Run();
}

}  // namespace goldcrest::testing
