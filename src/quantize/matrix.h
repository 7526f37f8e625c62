// The little linear algebra that rounding weights takes. Results do not depend on the number of
// threads.
#pragma once

#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "runtime/backend.h"

namespace goldcrest::quantize {

// Row-major.
struct Matrix {
  size_t rows = 0;
  size_t columns = 0;
  std::vector<float> elements;

  Matrix() = default;
  Matrix(size_t rows_of, size_t columns_of)
      : rows(rows_of), columns(columns_of), elements(rows_of * columns_of) {}
  std::span<float> Row(size_t i) { return std::span(elements).subspan(i * columns, columns); }
  std::span<const float> Row(size_t i) const {
    return std::span(elements).subspan(i * columns, columns);
  }
};

// a · bᵀ, computed by the backend's fully connected layer.
Result<Matrix> Product(const Matrix& a, const Matrix& b, const runtime::Backend& backend,
                       base::ThreadPool* pool);

// Σ a·b, in sixteen sums that vector registers hold.
float Dot(const float* a, const float* b, size_t count);

}  // namespace goldcrest::quantize
