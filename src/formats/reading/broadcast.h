// Arithmetic on constants of float32, broadcast as NumPy does it.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "formats/reading/budget.h"
#include "tensor/shape.h"
#include "tensor/shared_bytes.h"

namespace goldcrest::formats::reading {

// Of float32, row-major.
struct Floats {
  tensor::Shape shape;
  tensor::SharedBytes bytes;

  std::span<const float> elements() const { return bytes.As<float>(); }
};

// What both broadcast to.
Result<tensor::Shape> BroadcastShape(const tensor::Shape& a, const tensor::Shape& b);

Result<Floats> Broadcast(float (*compute)(float a, float b), const Floats& a, const Floats& b,
                         Budget& budget);

}  // namespace goldcrest::formats::reading
