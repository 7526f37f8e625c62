// Batch normalization, with the activation behind it.
#include <cmath>
#include <vector>

#include "gradients/batch_norm/batch_norm.h"
#include "train/layers.h"

namespace goldcrest::train {
namespace {

namespace kernel = gradients::batch_norm;

constexpr int64_t kParts = 16;  // of the pixels, each with sums of its own

class BatchNorm final : public Layer {
 public:
  explicit BatchNorm(const LayerContext& context)
      : pool_(context.pool),
        params_{.channels = context.out().shape.back(), .clamp = ClampOf(context.activation)},
        functions_(kernel::Choose(params_, context.isa).functions),
        rows_(LayerContext::PerPicture(context.out()) / params_.channels),
        epsilon_(std::get<graph::BatchNorm>(context.node.op).epsilon),
        momentum_(std::get<graph::BatchNorm>(context.node.op).momentum),
        batch_statistics_(context.batch_statistics),
        moving_mean_(context.storage(context.node.inputs[3])),
        moving_variance_(context.storage(context.node.inputs[4])),
        scale_(Channels()),
        shift_(Channels()),
        mean_(Channels()),
        by_x_(Channels()),
        offset_(Channels()),
        pivot_(Channels()),
        inverse_(Channels()),
        sums_(2 * Channels() * kParts) {}

  void Forward(const Operands& o) noexcept override {
    const int64_t pixels = o.batch * rows_;
    if (o.training && batch_statistics_) {
      TakeStatistics(o.inputs[0], pixels);
    } else {
      for (size_t c = 0; c < Channels(); ++c) {
        mean_[c] = moving_mean_[c];
        inverse_[c] = 1 / std::sqrt(static_cast<double>(moving_variance_[c]) + epsilon_);
      }
    }
    for (size_t c = 0; c < Channels(); ++c) {
      const double scale = o.inputs[1][c] * inverse_[c];
      scale_[c] = static_cast<float>(scale);
      shift_[c] = static_cast<float>(o.inputs[2][c] - mean_[c] * scale);
      pivot_[c] = static_cast<float>(mean_[c]);
    }
    InParts(pool_, pixels, params_.channels, [&](int64_t first, int64_t last) noexcept {
      const int64_t at = first * params_.channels;
      functions_.apply(params_, o.inputs[0] + at, scale_.data(), shift_.data(), last - first,
                       o.output + at);
    });
  }

  void Backward(const Operands& o) noexcept override {
    const int64_t pixels = o.batch * rows_;
    const bool learns = o.input_gradients[1] != nullptr || o.input_gradients[2] != nullptr;
    const bool by_batch = o.training && batch_statistics_;
    if (learns || by_batch) SumGradients(o, pixels);
    if (o.input_gradients[0] == nullptr) return;
    for (size_t c = 0; c < Channels(); ++c) {
      by_x_[c] = offset_[c] = 0;
      if (!by_batch) continue;
      const double n = static_cast<double>(pixels);
      const double by_x = -scale_[c] * inverse_[c] * inverse_[c] * sums_[Channels() + c] / n;
      by_x_[c] = static_cast<float>(by_x);
      offset_[c] = static_cast<float>(-scale_[c] * sums_[c] / n - by_x * mean_[c]);
    }
    InParts(pool_, pixels, params_.channels, [&](int64_t first, int64_t last) noexcept {
      const int64_t at = first * params_.channels;
      functions_.gradient(params_, o.inputs[0] + at, o.output_gradient + at, scale_.data(),
                          shift_.data(), by_x_.data(), offset_.data(), last - first,
                          o.input_gradients[0] + at);
    });
  }

 private:
  size_t Channels() const { return static_cast<size_t>(params_.channels); }

  // Parts of the pixels, whose sums join in the first.
  template <class Sum>
  void InPixelParts(int64_t pixels, const Sum& sum) noexcept {
    pool_.ForEach(kParts, [&](int64_t part) noexcept {
      const int64_t first = part * pixels / kParts;
      sum(first * params_.channels, (part + 1) * pixels / kParts - first,
          sums_.data() + static_cast<size_t>(part) * 2 * Channels());
    });
    for (size_t part = 1; part < kParts; ++part) {
      for (size_t i = 0; i < 2 * Channels(); ++i) sums_[i] += sums_[part * 2 * Channels() + i];
    }
  }

  void TakeStatistics(const float* x, int64_t pixels) noexcept {
    // About a number of each channel, so that little is lost to large means.
    std::copy_n(x, Channels(), pivot_.begin());
    InPixelParts(pixels, [&](int64_t at, int64_t count, double* sums) noexcept {
      functions_.moments(params_, x + at, pivot_.data(), count, sums);
    });
    const auto n = static_cast<double>(pixels);
    for (size_t c = 0; c < Channels(); ++c) {
      const double from_pivot = sums_[c] / n;
      mean_[c] = pivot_[c] + from_pivot;
      const double variance = std::max(sums_[Channels() + c] / n - from_pivot * from_pivot, 0.0);
      inverse_[c] = 1 / std::sqrt(variance + epsilon_);
      moving_mean_[c] = Moved(moving_mean_[c], mean_[c]);
      moving_variance_[c] = Moved(moving_variance_[c], variance);
    }
  }

  float Moved(float from, double to) const {
    return static_cast<float>(from * momentum_ + to * (1 - momentum_));
  }

  void SumGradients(const Operands& o, int64_t pixels) noexcept {
    InPixelParts(pixels, [&](int64_t at, int64_t count, double* sums) noexcept {
      functions_.gradient_sums(params_, o.inputs[0] + at, o.output_gradient + at, scale_.data(),
                               shift_.data(), pivot_.data(), count, sums);
    });
    for (size_t c = 0; c < Channels(); ++c) {
      // About the mean, not the float that is nearest to it.
      sums_[Channels() + c] += sums_[c] * (pivot_[c] - mean_[c]);
      if (o.input_gradients[1] != nullptr) {
        o.input_gradients[1][c] = static_cast<float>(sums_[Channels() + c] * inverse_[c]);
      }
      if (o.input_gradients[2] != nullptr) o.input_gradients[2][c] = static_cast<float>(sums_[c]);
    }
  }

  base::ThreadPool& pool_;
  kernel::Params params_;
  const kernel::Functions& functions_;
  int64_t rows_;
  double epsilon_, momentum_;
  bool batch_statistics_;
  float* moving_mean_;
  float* moving_variance_;
  std::vector<float> scale_, shift_;
  std::vector<double> mean_;
  std::vector<float> by_x_, offset_, pivot_;
  std::vector<double> inverse_, sums_;
};

}  // namespace

Made MakeBatchNorm(const LayerContext& context) { return std::make_unique<BatchNorm>(context); }

}  // namespace goldcrest::train
