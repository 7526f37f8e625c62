#include "formats/reading/integers.h"

#include <algorithm>

namespace goldcrest::formats::reading {
namespace {

using tensor::Shape;

constexpr int64_t kLargestInteger = int64_t{1} << 40;  // products of two stay far from overflow

Result<int64_t> Compute(IntegerOperator op, int64_t a, int64_t b) {
  if (IsUnknown(a) || IsUnknown(b)) {
    // Times one is nothing.
    if (op == IntegerOperator::kMul && (a == 1 || b == 1)) return a == 1 ? b : a;
    return kUnknown;
  }
  for (int64_t x : {a, b}) {
    if (x < -kLargestInteger || x > kLargestInteger) {
      return Fail(ErrorCode::kUnsupported, "computes with ", x);
    }
  }
  switch (op) {
    case IntegerOperator::kAdd:
      return a + b;
    case IntegerOperator::kSub:
      return a - b;
    case IntegerOperator::kMaximum:
      return std::max(a, b);
    case IntegerOperator::kMinimum:
      return std::min(a, b);
    case IntegerOperator::kMul: {
      int64_t product = 0;
      if (__builtin_mul_overflow(a, b, &product) || IsUnknown(product)) {
        return Invalid("the product of ", a, " and ", b, " is too large");
      }
      return product;
    }
    case IntegerOperator::kFloorDiv:
    case IntegerOperator::kTruncatedDiv:
      break;
  }
  if (b == 0) return Invalid("divides by 0");
  const bool down = op == IntegerOperator::kFloorDiv && a % b != 0 && (a < 0) != (b < 0);
  return a / b - (down ? 1 : 0);
}

}  // namespace

Result<Integers> Compute(IntegerOperator op, const Integers& a, const Integers& b) {
  const bool spread_a = a.elements.size() == 1;
  const bool spread_b = b.elements.size() == 1;
  if (!spread_a && !spread_b && a.shape != b.shape) {
    return Fail(ErrorCode::kUnsupported, "integers of shape ", tensor::ToString(a.shape), " and ",
                tensor::ToString(b.shape));
  }
  const bool shaped_as_a = !spread_a || (spread_b && a.shape.size() >= b.shape.size());
  Integers made = shaped_as_a ? a : b;
  for (size_t i = 0; i < made.elements.size(); ++i) {
    GOLDCREST_TRY(made.elements[i],
                  Compute(op, a.elements[spread_a ? 0 : i], b.elements[spread_b ? 0 : i]));
  }
  return made;
}

Result<int64_t> Product(std::span<const int64_t> factors) {
  int64_t product = 1;
  for (int64_t factor : factors) {
    if (IsUnknown(factor) || IsUnknown(product)) {
      product = factor == 1 ? product : product == 1 ? factor : kUnknown;
    } else if (__builtin_mul_overflow(product, factor, &product) || IsUnknown(product)) {
      return Invalid("the product of ", tensor::ToString(factors), " is too large");
    }
  }
  return product;
}

Result<Integers> Join(std::span<const Integers> parts) {
  Integers joined;
  for (const Integers& part : parts) {
    if (part.shape.size() > 1) {
      return Fail(ErrorCode::kUnsupported, "joins integers of ", part.shape.size(), " dimensions");
    }
    if (joined.elements.size() + part.elements.size() > kMostIntegers) {
      return Fail(ErrorCode::kUnsupported, "joins more than ", kMostIntegers, " integers");
    }
    joined.elements.insert(joined.elements.end(), part.elements.begin(), part.elements.end());
  }
  joined.shape = {std::ssize(joined.elements)};
  return joined;
}

Integers Slice(const Integers& from, int64_t first, int64_t last, int64_t stride) {
  const auto size = std::ssize(from.elements);
  Integers part;
  for (int64_t i = first; i < std::min(last, size); i += std::min(stride, size)) {
    part.elements.push_back(from.elements[static_cast<size_t>(i)]);
  }
  part.shape = {std::ssize(part.elements)};
  return part;
}

}  // namespace goldcrest::formats::reading
