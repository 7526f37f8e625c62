#include "kernels/reduce/reduce.h"

#include <algorithm>

namespace goldcrest::kernels::reduce {
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
    default:
      return run(float{});
  }
}

double Combine(Kind kind, double a, double b) {
  switch (kind) {
    case Kind::kSum:
      return a + b;
    case Kind::kProduct:
      return a * b;
    case Kind::kLargest:
      return std::max(a, b);
    case Kind::kSmallest:
      return std::min(a, b);
  }
  return a;
}

}  // namespace

void Run(const Params& p, const std::byte* x, std::byte* y, int64_t first, int64_t last) noexcept {
  WithType(p.dtype, [&]<class T>(T) {
    for (int64_t i = first; i < last; ++i) {
      const T* from =
          reinterpret_cast<const T*>(x) + i / p.inner * p.reduced * p.inner + i % p.inner;
      auto result = static_cast<double>(*from);
      for (int64_t k = 1; k < p.reduced; ++k) {
        result = Combine(p.kind, result, static_cast<double>(from[k * p.inner]));
      }
      reinterpret_cast<T*>(y)[i] = static_cast<T>(result);
    }
  });
}

void Place(const PlaceParams& p, const std::byte* x, std::byte* y, int64_t first,
           int64_t last) noexcept {
  WithType(p.dtype, [&]<class T>(T) {
    for (int64_t i = first; i < last; ++i) {
      const T* from =
          reinterpret_cast<const T*>(x) + i / p.inner * p.reduced * p.inner + i % p.inner;
      int64_t place = 0;
      for (int64_t k = 1; k < p.reduced; ++k) {
        const T best = from[place * p.inner];
        const T other = from[k * p.inner];
        if (p.smallest ? other < best : other > best) place = k;
      }
      if (p.wide) {
        reinterpret_cast<int64_t*>(y)[i] = place;
      } else {
        reinterpret_cast<int32_t*>(y)[i] = static_cast<int32_t>(place);
      }
    }
  });
}

}  // namespace goldcrest::kernels::reduce
