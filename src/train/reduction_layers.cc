// Means, pools, paddings, concatenation and softmax.
#include <cmath>
#include <vector>

#include "graph/padding.h"
#include "kernels/pool/pool.h"
#include "train/layers.h"

namespace goldcrest::train {
namespace {

using tensor::Shape;

int64_t Product(std::span<const int64_t> shape) { return tensor::ElementCount(shape).value_or(0); }

// The mean over neighbouring dimensions behind the batch.
class Mean final : public Layer {
 public:
  Mean(const LayerContext& context, size_t first, size_t last)
      : pool_(context.pool),
        outer_(Product(std::span(context.in(0).shape).subspan(1, first - 1))),
        reduced_(Product(std::span(context.in(0).shape).subspan(first, last - first))),
        inner_(Product(std::span(context.in(0).shape).subspan(last))) {}

  void Forward(const Operands& o) noexcept override {
    const double share = 1.0 / static_cast<double>(reduced_);
    InParts(pool_, o.batch * outer_, reduced_ * inner_, [&](int64_t first, int64_t last) noexcept {
      for (int64_t i = first; i < last; ++i) {
        const float* from = o.inputs[0] + i * reduced_ * inner_;
        for (int64_t c = 0; c < inner_; ++c) {
          double sum = 0;
          for (int64_t r = 0; r < reduced_; ++r) sum += static_cast<double>(from[r * inner_ + c]);
          o.output[i * inner_ + c] = static_cast<float>(sum * share);
        }
      }
    });
  }

  void Backward(const Operands& o) noexcept override {
    const float share = 1 / static_cast<float>(reduced_);
    InParts(pool_, o.batch * outer_, reduced_ * inner_, [&](int64_t first, int64_t last) noexcept {
      for (int64_t i = first; i < last; ++i) {
        const float* from = o.output_gradient + i * inner_;
        float* to = o.input_gradients[0] + i * reduced_ * inner_;
        for (int64_t r = 0; r < reduced_; ++r) {
          for (int64_t c = 0; c < inner_; ++c) to[r * inner_ + c] = from[c] * share;
        }
      }
    });
  }

  bool needs_inputs() const override { return false; }

 private:
  base::ThreadPool& pool_;
  int64_t outer_, reduced_, inner_;
};

class Pool final : public Layer {
 public:
  explicit Pool(const LayerContext& context)
      : pool_(context.pool),
        params_(ParamsOf(context)),
        row_(kernels::pool::Choose(params_, context.isa)) {}

  void Forward(const Operands& o) noexcept override {
    const kernels::Window& a = params_.window;
    InParts(pool_, o.batch * a.out_h, a.out_w * params_.channels * a.kernel_h * a.kernel_w,
            [&](int64_t first, int64_t last) noexcept {
              row_.run(params_, o.inputs[0], o.output, first, last);
            });
  }

  void Backward(const Operands& o) noexcept override {
    const kernels::Window& a = params_.window;
    pool_.ForEach(o.batch, [&](int64_t picture) noexcept {
      const int64_t in = picture * a.in_h * a.in_w * params_.channels;
      std::fill_n(o.input_gradients[0] + in, a.in_h * a.in_w * params_.channels, 0.0F);
      for (int64_t i = 0; i < a.out_h * a.out_w; ++i) {
        const int64_t out = (picture * a.out_h * a.out_w + i) * params_.channels;
        GivePixel(i, o.inputs[0] + in, o.output_gradient + out, o.input_gradients[0] + in);
      }
    });
  }

 private:
  static kernels::pool::Params ParamsOf(const LayerContext& context) {
    const auto* average = std::get_if<graph::AveragePool2D>(&context.node.op);
    const graph::PoolAttributes& op = average != nullptr
                                          ? static_cast<const graph::PoolAttributes&>(*average)
                                          : std::get<graph::MaxPool2D>(context.node.op);
    return {.kind = average != nullptr ? kernels::pool::Kind::kAverage : kernels::pool::Kind::kMax,
            .window = WindowOf(graph::WindowOf(op), op.filter_h, op.filter_w, context),
            .channels = context.in(0).shape[3],
            .clamp = ClampOf(graph::Activation::kNone)};
  }

  // What output pixel i gives to its window: equal shares, or all to the first largest.
  void GivePixel(int64_t i, const float* x, const float* dy, float* dx) const noexcept {
    const kernels::Window& a = params_.window;
    const int64_t top = i / a.out_w * a.stride_h - a.pad_top;
    const int64_t left = i % a.out_w * a.stride_w - a.pad_left;
    const int64_t first_y = std::max<int64_t>(top, 0);
    const int64_t last_y = std::min(top + a.kernel_h, a.in_h);
    const int64_t first_x = std::max<int64_t>(left, 0);
    const int64_t last_x = std::min(left + a.kernel_w, a.in_w);
    const float share = 1 / static_cast<float>((last_y - first_y) * (last_x - first_x));
    for (int64_t c = 0; c < params_.channels; ++c) {
      int64_t largest = (first_y * a.in_w + first_x) * params_.channels + c;
      for (int64_t y = first_y; y < last_y; ++y) {
        for (int64_t z = first_x; z < last_x; ++z) {
          const int64_t at = (y * a.in_w + z) * params_.channels + c;
          if (params_.kind == kernels::pool::Kind::kAverage) dx[at] += dy[c] * share;
          if (x[at] > x[largest]) largest = at;
        }
      }
      if (params_.kind == kernels::pool::Kind::kMax) dx[largest] += dy[c];
    }
  }

  base::ThreadPool& pool_;
  kernels::pool::Params params_;
  const kernels::pool::Row& row_;
};

// A smaller block within a larger one, from place `at` on: a picture among zeros, or a part of a
// concatenation.
// Row by row of the last dimension; `back` copies from the larger into the smaller.
void CopyRows(float* small, const Shape& small_shape, float* large, const Shape& large_shape,
              const Shape& at, bool back, int64_t picture) {
  const size_t last = small_shape.size() - 1;
  const int64_t rows = Product(std::span(small_shape).subspan(1, last - 1));
  const int64_t length = small_shape[last];
  for (int64_t row = 0; row < rows; ++row) {
    int64_t rest = row;
    int64_t place = 0;
    int64_t step = large_shape[last];
    for (size_t d = last; d-- > 1;) {
      place += (rest % small_shape[d] + at[d]) * step;
      rest /= small_shape[d];
      step *= large_shape[d];
    }
    float* in_large = large + picture * step + place + at[last];
    float* in_small = small + (picture * rows + row) * length;
    std::copy_n(back ? in_large : in_small, length, back ? in_small : in_large);
  }
}

class Pad final : public Layer {
 public:
  Pad(const LayerContext& context, Shape at)
      : pool_(context.pool),
        in_(context.in(0).shape),
        out_(context.out().shape),
        at_(std::move(at)) {}

  void Forward(const Operands& o) noexcept override {
    std::fill_n(o.output, Product(out_) / out_[0] * o.batch, 0.0F);
    pool_.ForEach(o.batch, [&](int64_t picture) noexcept {
      CopyRows(const_cast<float*>(o.inputs[0]), in_, o.output, out_, at_, false, picture);
    });
  }
  void Backward(const Operands& o) noexcept override {
    pool_.ForEach(o.batch, [&](int64_t picture) noexcept {
      CopyRows(o.input_gradients[0], in_, const_cast<float*>(o.output_gradient), out_, at_, true,
               picture);
    });
  }
  bool needs_inputs() const override { return false; }

 private:
  base::ThreadPool& pool_;
  Shape in_, out_, at_;
};

class Concatenation final : public Layer {
 public:
  Concatenation(const LayerContext& context, size_t axis)
      : pool_(context.pool), out_(context.out().shape) {
    int64_t place = 0;
    for (size_t i = 0; i < context.node.inputs.size(); ++i) {
      shapes_.push_back(context.in(i).shape);
      Shape at(out_.size(), 0);
      at[axis] = place;
      places_.push_back(std::move(at));
      place += shapes_.back()[axis];
    }
  }

  void Forward(const Operands& o) noexcept override {
    pool_.ForEach(o.batch, [&](int64_t picture) noexcept {
      for (size_t i = 0; i < shapes_.size(); ++i) {
        CopyRows(const_cast<float*>(o.inputs[i]), shapes_[i], o.output, out_, places_[i], false,
                 picture);
      }
    });
  }
  void Backward(const Operands& o) noexcept override {
    pool_.ForEach(o.batch, [&](int64_t picture) noexcept {
      for (size_t i = 0; i < shapes_.size(); ++i) {
        if (o.input_gradients[i] == nullptr) continue;
        CopyRows(o.input_gradients[i], shapes_[i], const_cast<float*>(o.output_gradient), out_,
                 places_[i], true, picture);
      }
    });
  }
  bool needs_inputs() const override { return false; }

 private:
  base::ThreadPool& pool_;
  Shape out_;
  std::vector<Shape> shapes_, places_;
};

// dx = beta · y · (dy − Σ dy · y), over the last dimension.
class Softmax final : public Layer {
 public:
  explicit Softmax(const LayerContext& context)
      : classes_(context.out().shape.back()),
        rows_(LayerContext::PerPicture(context.out()) / classes_),
        beta_(std::get<graph::Softmax>(context.node.op).beta) {}

  void Forward(const Operands& o) noexcept override {
    for (int64_t row = 0; row < o.batch * rows_; ++row) {
      const float* x = o.inputs[0] + row * classes_;
      float* y = o.output + row * classes_;
      const double largest = *std::max_element(x, x + classes_);
      double sum = 0;
      for (int64_t i = 0; i < classes_; ++i) sum += std::exp(beta_ * (x[i] - largest));
      for (int64_t i = 0; i < classes_; ++i) {
        y[i] = static_cast<float>(std::exp(beta_ * (x[i] - largest)) / sum);
      }
    }
  }
  void Backward(const Operands& o) noexcept override {
    for (int64_t row = 0; row < o.batch * rows_; ++row) {
      const float* y = o.output + row * classes_;
      const float* dy = o.output_gradient + row * classes_;
      double sum = 0;
      for (int64_t i = 0; i < classes_; ++i) sum += static_cast<double>(dy[i]) * y[i];
      for (int64_t i = 0; i < classes_; ++i) {
        o.input_gradients[0][row * classes_ + i] =
            static_cast<float>(beta_ * y[i] * (static_cast<double>(dy[i]) - sum));
      }
    }
  }
  bool needs_inputs() const override { return false; }
  bool needs_output() const override { return true; }

 private:
  int64_t classes_, rows_;
  double beta_;
};

}  // namespace

Made MakeMean(const LayerContext& context) {
  const auto& op = std::get<graph::Mean>(context.node.op);
  const bool neighbours =
      !op.axes.empty() && op.axes.front() > 0 &&
      op.axes.back() - op.axes.front() + 1 == static_cast<int64_t>(op.axes.size());
  if (!neighbours) {
    return Fail(ErrorCode::kUnsupported, "the mean over the axes ", tensor::ToString(op.axes),
                " of '", context.out().name, "' has no gradient, so it cannot be trained");
  }
  return std::make_unique<Mean>(context, static_cast<size_t>(op.axes.front()),
                                static_cast<size_t>(op.axes.back()) + 1);
}

Made MakePool(const LayerContext& context) { return std::make_unique<Pool>(context); }

Made MakePad(const LayerContext& context) {
  const auto& op = std::get<graph::Pad>(context.node.op);
  if (op.before[0] != 0 || op.after[0] != 0) {
    return Fail(ErrorCode::kUnsupported, "'", context.out().name,
                "' pads the batch, so it cannot be trained");
  }
  return std::make_unique<Pad>(context, op.before);
}

Made MakeConcatenation(const LayerContext& context) {
  const auto& op = std::get<graph::Concatenation>(context.node.op);
  if (op.axis == 0) {
    return Fail(ErrorCode::kUnsupported, "'", context.out().name,
                "' joins batches, so it cannot be trained");
  }
  return std::make_unique<Concatenation>(context, static_cast<size_t>(op.axis));
}

Made MakeSoftmax(const LayerContext& context) { return std::make_unique<Softmax>(context); }

}  // namespace goldcrest::train
