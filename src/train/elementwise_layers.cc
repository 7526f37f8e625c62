// Functions of one or two operands, element by element; and those that only hand elements on.
#include <array>

#include "base/random.h"
#include "kernels/unary/unary.h"
#include "train/layers.h"

namespace goldcrest::train {
namespace {

using kernels::unary::Function;

kernels::unary::Params ParamsOf(const graph::Op& op) {
  if (const auto* a = std::get_if<graph::Activate>(&op)) return {.clamp = ClampOf(a->activation)};
  if (const auto* leaky = std::get_if<graph::LeakyRelu>(&op)) {
    return {.function = Function::kLeakyRelu, .alpha = static_cast<float>(leaky->alpha)};
  }
  if (std::holds_alternative<graph::HardSwish>(op)) return {.function = Function::kHardSwish};
  if (std::holds_alternative<graph::Tanh>(op)) return {.function = Function::kTanh};
  return {.function = Function::kLogistic};
}

// dx = dy · f'(x), where y = f(x).
void Gradient(const kernels::unary::Params& params, const float* x, const float* y, const float* dy,
              float* dx, int64_t first, int64_t last) {
  constexpr float kKnee = 3;  // of hard-swish
  const kernels::Clamp clamp = params.clamp;
  switch (params.function) {
    case Function::kClamp:
      for (int64_t i = first; i < last; ++i) {
        dx[i] = x[i] > clamp.low && x[i] < clamp.high ? dy[i] : 0;
      }
      break;
    case Function::kHardSwish:
      for (int64_t i = first; i < last; ++i) {
        const float slope = (2 * x[i] + kKnee) / (2 * kKnee);
        dx[i] = x[i] <= -kKnee ? 0 : x[i] >= kKnee ? dy[i] : dy[i] * slope;
      }
      break;
    case Function::kLogistic:
      for (int64_t i = first; i < last; ++i) dx[i] = dy[i] * y[i] * (1 - y[i]);
      break;
    case Function::kTanh:
      for (int64_t i = first; i < last; ++i) dx[i] = dy[i] * (1 - y[i] * y[i]);
      break;
    case Function::kLeakyRelu:
      for (int64_t i = first; i < last; ++i) dx[i] = x[i] > 0 ? dy[i] : dy[i] * params.alpha;
      break;
  }
}

class Unary final : public Layer {
 public:
  explicit Unary(const LayerContext& context)
      : pool_(context.pool),
        params_(ParamsOf(context.node.op)),
        run_(kernels::unary::Choose(params_, context.isa).run),
        elements_(LayerContext::PerPicture(context.out())) {}

  void Forward(const Operands& o) noexcept override {
    InParts(pool_, o.batch * elements_, 1, [&](int64_t first, int64_t last) noexcept {
      run_(params_, o.inputs[0], o.output, first, last);
    });
  }

  void Backward(const Operands& o) noexcept override {
    InParts(pool_, o.batch * elements_, 1, [&](int64_t first, int64_t last) noexcept {
      Gradient(params_, o.inputs[0], o.output, o.output_gradient, o.input_gradients[0], first,
               last);
    });
  }

  bool needs_inputs() const override { return !needs_output(); }
  bool needs_output() const override {
    return params_.function == Function::kLogistic || params_.function == Function::kTanh;
  }

 private:
  base::ThreadPool& pool_;
  kernels::unary::Params params_;
  decltype(kernels::unary::Row::run) run_;
  int64_t elements_;
};

// An operand seen from the result: its steps along the dimensions behind the batch, 0 where it is
// broadcast.
struct Broadcasting {
  std::vector<int64_t> steps;
  int64_t per_picture = 0;  // 0: the same for all pictures

  Broadcasting(const tensor::Shape& operand, const tensor::Shape& result) {
    steps.resize(result.size(), 0);
    int64_t step = 1;
    for (size_t i = operand.size(); i-- > 0;) {
      const size_t d = i + result.size() - operand.size();
      if (operand[i] != 1) steps[d] = step;
      step *= operand[i];
    }
    per_picture = steps[0];
  }
};

// a + b or a · b, either broadcast.
class Binary final : public Layer {
 public:
  explicit Binary(const LayerContext& context)
      : pool_(context.pool),
        shape_(context.out().shape),
        operands_{Broadcasting(context.in(0).shape, shape_),
                  Broadcasting(context.in(1).shape, shape_)},
        counts_{tensor::ElementCount(context.in(0).shape).value_or(0),
                tensor::ElementCount(context.in(1).shape).value_or(0)},
        multiplies_(std::holds_alternative<graph::Mul>(context.node.op)),
        same_(context.in(0).shape == context.in(1).shape),
        elements_(LayerContext::PerPicture(context.out())) {}

  void Forward(const Operands& o) noexcept override {
    const float* a = o.inputs[0];
    const float* b = o.inputs[1];
    if (same_) {
      InParts(pool_, o.batch * elements_, 1, [&](int64_t first, int64_t last) noexcept {
        for (int64_t i = first; i < last; ++i)
          o.output[i] = multiplies_ ? a[i] * b[i] : a[i] + b[i];
      });
      return;
    }
    pool_.ForEach(o.batch, [&](int64_t picture) noexcept {
      ForElements(picture, [&](int64_t i, int64_t at_a, int64_t at_b) {
        o.output[i] = multiplies_ ? a[at_a] * b[at_b] : a[at_a] + b[at_b];
      });
    });
  }

  void Backward(const Operands& o) noexcept override {
    for (size_t which = 0; which < 2; ++which) {
      float* to = o.input_gradients[which];
      if (to == nullptr) continue;
      const float* other = o.inputs[1 - which];
      if (same_) {
        InParts(pool_, o.batch * elements_, 1, [&](int64_t first, int64_t last) noexcept {
          for (int64_t i = first; i < last; ++i) {
            to[i] = multiplies_ ? o.output_gradient[i] * other[i] : o.output_gradient[i];
          }
        });
      } else {
        Reduce(o, which, other, to);
      }
    }
  }

  bool needs_inputs() const override { return multiplies_; }

 private:
  // Sums what was broadcast.
  void Reduce(const Operands& o, size_t which, const float* other, float* to) noexcept {
    const bool shared = operands_[which].per_picture == 0;  // by all pictures
    const int64_t count = shared ? counts_[which] : operands_[which].per_picture;
    std::fill_n(to, shared ? count : count * o.batch, 0.0F);
    auto add = [&](int64_t picture) noexcept {
      ForElements(picture, [&](int64_t i, int64_t at_a, int64_t at_b) {
        const int64_t at = which == 0 ? at_a : at_b;
        const int64_t at_other = which == 0 ? at_b : at_a;
        to[at] += multiplies_ ? o.output_gradient[i] * other[at_other] : o.output_gradient[i];
      });
    };
    if (shared) {
      for (int64_t picture = 0; picture < o.batch; ++picture) add(picture);
    } else {
      pool_.ForEach(o.batch, add);
    }
  }

  // body(element of the result, of a, of b) for all of a picture; runs along the last dimension.
  template <class Body>
  void ForElements(int64_t picture, const Body& body) const {
    const size_t last = shape_.size() - 1;
    const int64_t run = last > 0 ? shape_[last] : 1;
    std::array<int64_t, kMostDimensions> index{};
    int64_t a = picture * operands_[0].per_picture;
    int64_t b = picture * operands_[1].per_picture;
    const int64_t step_a = last > 0 ? operands_[0].steps[last] : 0;
    const int64_t step_b = last > 0 ? operands_[1].steps[last] : 0;
    for (int64_t i = picture * elements_; i < (picture + 1) * elements_; i += run) {
      for (int64_t r = 0; r < run; ++r) body(i + r, a + r * step_a, b + r * step_b);
      for (size_t d = last; d-- > 1;) {
        a += operands_[0].steps[d];
        b += operands_[1].steps[d];
        if (++index[d] < shape_[d]) break;
        a -= operands_[0].steps[d] * shape_[d];
        b -= operands_[1].steps[d] * shape_[d];
        index[d] = 0;
      }
    }
  }

  static constexpr size_t kMostDimensions = 8;
  base::ThreadPool& pool_;
  tensor::Shape shape_;
  std::array<Broadcasting, 2> operands_;
  std::array<int64_t, 2> counts_;
  bool multiplies_, same_;
  int64_t elements_;
};

class Copy final : public Layer {
 public:
  explicit Copy(const LayerContext& context) : elements_(LayerContext::PerPicture(context.out())) {}
  void Forward(const Operands& o) noexcept override {
    std::copy_n(o.inputs[0], o.batch * elements_, o.output);
  }
  void Backward(const Operands& o) noexcept override {
    std::copy_n(o.output_gradient, o.batch * elements_, o.input_gradients[0]);
  }
  bool needs_inputs() const override { return false; }

 private:
  int64_t elements_;
};

// Each element is dropped with the probability `rate`, and the others grow by 1 / (1 − rate); which
// ones depends on the seed, the step and the element.
class Dropout final : public Layer {
 public:
  explicit Dropout(const LayerContext& context)
      : elements_(LayerContext::PerPicture(context.out())),
        rate_(std::get<graph::Dropout>(context.node.op).rate),
        seed_(context.seed) {}

  void Forward(const Operands& o) noexcept override { Pass(o, o.inputs[0], o.output); }
  void Backward(const Operands& o) noexcept override {
    Pass(o, o.output_gradient, o.input_gradients[0]);
  }
  bool needs_inputs() const override { return false; }

 private:
  void Pass(const Operands& o, const float* from, float* to) const {
    const int64_t count = o.batch * elements_;
    if (!o.training || rate_ <= 0) {
      std::copy_n(from, count, to);
      return;
    }
    const auto grown = static_cast<float>(1 / (1 - rate_));
    const uint64_t stream = base::Mixed(seed_, o.step);
    for (int64_t i = 0; i < count; ++i) {
      to[i] =
          base::UnitOf(base::Mixed(stream, static_cast<uint64_t>(i))) < rate_ ? 0 : from[i] * grown;
    }
  }

  int64_t elements_;
  double rate_;
  uint64_t seed_;
};

}  // namespace

Made MakeUnary(const LayerContext& context) { return std::make_unique<Unary>(context); }
Made MakeBinary(const LayerContext& context) { return std::make_unique<Binary>(context); }
Made MakeCopy(const LayerContext& context) { return std::make_unique<Copy>(context); }
Made MakeDropout(const LayerContext& context) { return std::make_unique<Dropout>(context); }

}  // namespace goldcrest::train
