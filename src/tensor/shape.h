// Shapes: dimensions, outermost first. -1 stands for a dimension not known yet (a dynamic batch).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/dtype.h"

namespace goldcrest::tensor {

using Shape = std::vector<int64_t>;

bool IsKnown(std::span<const int64_t> shape);  // no dimension is -1

// Elements in all, or nothing where a dimension is unknown or negative or the product overflows.
std::optional<int64_t> ElementCount(std::span<const int64_t> shape);

// Bytes in all, on the same terms.
std::optional<size_t> ByteCount(DType dtype, std::span<const int64_t> shape);

std::string ToString(std::span<const int64_t> shape);  // "[1, 224, 224, 3]"

// Shapes as users write them: "1,160,160,3", several separated by colons. Every dimension is 1 or
// more.
Result<std::vector<Shape>> ParseShapes(std::string_view text);

}  // namespace goldcrest::tensor
