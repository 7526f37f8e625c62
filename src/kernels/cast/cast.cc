#include "kernels/cast/cast.h"

#include <cmath>
#include <limits>

namespace goldcrest::kernels::cast {
namespace {

// Calls run with a number of the type.
template <class Run>
void WithType(tensor::DType dtype, const Run& run) {
  switch (dtype) {
    case tensor::DType::kInt8:
      return run(int8_t{});
    case tensor::DType::kUInt8:
      return run(uint8_t{});
    case tensor::DType::kInt16:
      return run(int16_t{});
    case tensor::DType::kInt32:
      return run(int32_t{});
    case tensor::DType::kInt64:
      return run(int64_t{});
    case tensor::DType::kBool:
      return run(bool{});
    default:
      return run(float{});
  }
}

template <class To, class From>
To Cast(From x) {
  if constexpr (std::is_same_v<From, float> && !std::is_same_v<To, float> &&
                !std::is_same_v<To, bool>) {
    // The least number above what the type holds is a power of two, which a float is too.
    constexpr auto kLow = static_cast<float>(std::numeric_limits<To>::min());
    constexpr To kHalf = std::numeric_limits<To>::max() / 2 + 1;
    constexpr float kBeyond = 2 * static_cast<float>(kHalf);
    if (std::isnan(x)) return 0;
    if (x <= kLow) return std::numeric_limits<To>::min();
    if (x >= kBeyond) return std::numeric_limits<To>::max();
  }
  return static_cast<To>(x);
}

}  // namespace

void Run(tensor::DType from, tensor::DType to, const std::byte* x, std::byte* y, int64_t first,
         int64_t last) noexcept {
  WithType(from, [&]<class From>(From) {
    WithType(to, [&]<class To>(To) {
      const auto* in = reinterpret_cast<const From*>(x);
      auto* out = reinterpret_cast<To*>(y);
      for (int64_t i = first; i < last; ++i) out[i] = Cast<To>(in[i]);
    });
  });
}

}  // namespace goldcrest::kernels::cast
