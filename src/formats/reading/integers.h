// Integers that are known while a graph is read: shapes, axes, paddings, and what graphs compute
// with them. A dimension that is not known stays so, and what is computed with it.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "tensor/shape.h"

namespace goldcrest::formats::reading {

// Integers of any type, and booleans.
struct Integers {
  tensor::Shape shape;
  std::vector<int64_t> elements;
};

inline constexpr size_t kMostIntegers = 4096;

// Stand for what is not known: dimension `d` of a value, and what was computed with such.
inline constexpr int64_t kUnknown = std::numeric_limits<int64_t>::min();
inline int64_t UnknownDimension(graph::ValueId value, size_t d) {
  return kUnknown + 1 + int64_t{value} * 8 + static_cast<int64_t>(d);
}
inline bool IsUnknown(int64_t element) { return element < kUnknown / 2; }

enum class IntegerOperator : uint8_t {
  kAdd,
  kSub,
  kMul,
  kFloorDiv,      // downwards
  kTruncatedDiv,  // towards zero
  kMaximum,
  kMinimum,
};

// Elementwise; one of them may be a single number.
Result<Integers> Compute(IntegerOperator op, const Integers& a, const Integers& b);
Result<int64_t> Product(std::span<const int64_t> factors);
// Single numbers and vectors, one behind the other.
Result<Integers> Join(std::span<const Integers> parts);
// Elements first, first + stride, … before last; the stride is positive.
Integers Slice(const Integers& from, int64_t first, int64_t last, int64_t stride);

}  // namespace goldcrest::formats::reading
