#include "kernels/strided_copy/strided_copy.h"

#include <cstring>

namespace goldcrest::kernels::strided_copy {
namespace {

constexpr int kLast = kMostDimensions - 1;

template <size_t size>
void CopyElements(const std::byte* x, int64_t stride, std::byte* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(y + i * static_cast<int64_t>(size), x + i * stride, size);
  }
}

}  // namespace

Params Make(std::span<const int64_t> shape, std::span<const int64_t> stride, int64_t begin,
            int64_t element_size) {
  Params params{.begin = begin, .element_size = element_size};
  int64_t element = 1;      // elements of x in what is copied as one
  int d = kMostDimensions;  // the last dimension filled
  for (size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 1) continue;
    if (d == kMostDimensions && stride[i] == element) {
      element *= shape[i];
    } else if (d < kMostDimensions && stride[i] == params.stride[d] * params.shape[d]) {
      params.shape[d] *= shape[i];
    } else {
      --d;
      params.shape[d] = shape[i];
      params.stride[d] = stride[i];
    }
  }
  // From elements of x to what is copied as one: bytes.
  for (int64_t& s : params.stride) s *= element_size;
  params.begin *= element_size;
  params.element_size *= element;
  return params;
}

int64_t RowCount(const Params& params) {
  int64_t rows = 1;
  for (int d = 0; d < kLast; ++d) rows *= params.shape[d];
  return rows;
}

int64_t RowBytes(const Params& params) { return params.shape[kLast] * params.element_size; }

void Run(const Params& params, const std::byte* x, std::byte* y, int64_t first,
         int64_t last) noexcept {
  const int64_t count = params.shape[kLast];
  const int64_t stride = params.stride[kLast];
  for (int64_t row = first; row < last; ++row) {
    const std::byte* from = x + params.begin;
    int64_t rest = row;
    for (int d = kLast; d-- > 0;) {
      from += rest % params.shape[d] * params.stride[d];
      rest /= params.shape[d];
    }
    std::byte* to = y + row * RowBytes(params);
    switch (params.element_size) {
      case 1:
        CopyElements<1>(from, stride, to, count);
        break;
      case 4:
        CopyElements<4>(from, stride, to, count);
        break;
      default:
        for (int64_t i = 0; i < count; ++i) {
          std::memcpy(to + i * params.element_size, from + i * stride,
                      static_cast<size_t>(params.element_size));
        }
    }
  }
}

}  // namespace goldcrest::kernels::strided_copy
