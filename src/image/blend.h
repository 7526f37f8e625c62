// The arithmetic of resizing one axis: rows of RGB pixels blended along themselves, and across
// rows.
//
// Types: bytes become bytes (kCopy, kFixedPoint) or floats (kLerp, kSum), floats become floats.
#pragma once

#include <cstdint>

#include "image/fixed_point.h"
#include "image/taps.h"

namespace goldcrest::image {

// Rows by their position on an axis; of a ring, which keeps the last `slots` of them.
template <class T>
struct Rows {
  const T* rows;
  int64_t stride;  // elements from row to row
  int64_t slots;
  const T* operator[](int64_t position) const { return rows + position % slots * stride; }
};

// One row of taps.inputs() pixels → taps.outputs() pixels. Behind a row of bytes, kRowPadding more
// can be read.
void BlendAlong(const Taps& taps, const uint8_t* in, uint8_t* out);
void BlendAlong(const Taps& taps, const uint8_t* in, float* out);
void BlendAlong(const Taps& taps, const float* in, float* out);

// The rows of the span of `output` → one row of as many elements.
void BlendAcross(const Taps& taps, int64_t output, const Rows<uint8_t>& in, int64_t elements,
                 uint8_t* out);
void BlendAcross(const Taps& taps, int64_t output, const Rows<uint8_t>& in, int64_t elements,
                 float* out);
void BlendAcross(const Taps& taps, int64_t output, const Rows<float>& in, int64_t elements,
                 float* out);

}  // namespace goldcrest::image
