// How far two tensors are apart.
#pragma once

#include "tensor/tensor.h"

namespace goldcrest::tensor {

struct Difference {
  double max_absolute = 0;  // NaN where either side holds a NaN
  double max_relative = 0;  // max_absolute / the largest magnitude of the first tensor
  double sqnr_db = 0;       // 10·log10(Σ a² / Σ (a − b)²); +∞ where they are equal
  int64_t differing = 0;    // elements that are not equal
};

// Shapes must be equal in element count; types may differ (compared as plain numbers).
Difference Compare(const TensorView& a, const TensorView& b);

// Index of the largest element; the lowest index wins a tie, and a NaN never does.
int64_t ArgMax(std::span<const float> values);

}  // namespace goldcrest::tensor
