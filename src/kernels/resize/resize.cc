#include "kernels/resize/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace goldcrest::kernels::resize {
namespace {

float ScaleOf(Mapping mapping, int64_t in, int64_t out) {
  const bool corners = mapping.align_corners && out > 1;
  return static_cast<float>(corners ? in - 1 : in) / static_cast<float>(corners ? out - 1 : out);
}

Tap RealTap(Mapping mapping, int64_t i, int64_t in, int64_t out) {
  const float scale = ScaleOf(mapping, in, out);
  const auto index = static_cast<float>(i);
  const float place = mapping.half_pixel_centers ? (index + 0.5F) * scale - 0.5F : index * scale;
  const auto last = static_cast<int32_t>(in - 1);
  const int32_t low = std::max(static_cast<int32_t>(std::floor(place)), 0);
  const int32_t high = std::min(static_cast<int32_t>(std::ceil(place)), last);
  return {std::min(low, last), high, 0, place - static_cast<float>(low)};
}

// The scale itself is an integer of 2^-10 too.
Tap TenBitTap(Mapping mapping, int64_t i, int64_t in, int64_t out) {
  constexpr int64_t kOne = 1 << 10;
  const bool corners = mapping.align_corners && out > 1;
  const int64_t from = corners ? in - 1 : in;
  const int64_t to = corners ? out - 1 : out;
  const int64_t scale = (kOne * from + to / 2) / to;
  const int64_t place = i * scale + (mapping.half_pixel_centers ? scale / 2 - kOne / 2 : 0);
  const int64_t low = std::max<int64_t>(place / kOne, 0);
  const int64_t high = std::min((place + kOne - 1) / kOne, in - 1);
  return {static_cast<int32_t>(std::min(low, in - 1)), static_cast<int32_t>(high),
          static_cast<int32_t>(place - kOne * low), 0};
}

Tap ElevenBitTap(Mapping mapping, int64_t i, int64_t in, int64_t out) {
  const float scale = ScaleOf(mapping, in, out);
  const auto last = static_cast<float>(in - 1);
  float place = static_cast<float>(i) * scale;
  if (mapping.half_pixel_centers) {
    place = std::clamp(place + (0.5F * scale - 0.5F), 0.0F, last);
  }
  const auto low = static_cast<int32_t>(place);
  const int32_t high = std::min(low + 1, static_cast<int32_t>(in - 1));
  return {low, high, static_cast<int32_t>(std::lrint((place - static_cast<float>(low)) * 2048)), 0};
}

// The four pixels around a place.
template <class T>
struct Corners {
  const T *a, *b, *c, *d;
};

template <class T>
constexpr float kHalf = std::is_integral_v<T> ? 0.5F : 0.0F;

template <class T>
void RealPixel(const Corners<T>& from, const Tap& row, const Tap& column, T* y, int64_t channels) {
  const float v = row.real, h = column.real;
  const float wa = (1 - v) * (1 - h), wb = (1 - v) * h, wc = v * (1 - h), wd = v * h;
  for (int64_t i = 0; i < channels; ++i) {
    const float sum = static_cast<float>(from.a[i]) * wa + static_cast<float>(from.b[i]) * wb +
                      static_cast<float>(from.c[i]) * wc + static_cast<float>(from.d[i]) * wd;
    y[i] = static_cast<T>(sum + kHalf<T>);
  }
}

template <class T>
void ColumnPixel(const Corners<T>& from, const Tap& row, const Tap& column, T* y,
                 int64_t channels) {
  const float v = row.real, h = column.real;
  for (int64_t i = 0; i < channels; ++i) {
    const float sum = static_cast<float>(from.a[i]) * (1 - v) * (1 - h) +
                      static_cast<float>(from.c[i]) * v * (1 - h) +
                      static_cast<float>(from.b[i]) * (1 - v) * h +
                      static_cast<float>(from.d[i]) * v * h;
    y[i] = static_cast<T>(sum + kHalf<T>);
  }
}

template <class T>
void TenBitPixel(const Corners<T>& from, const Tap& row, const Tap& column, T* y,
                 int64_t channels) {
  const int64_t one = 1 << 10;
  const int64_t v = row.fixed, h = column.fixed;
  for (int64_t i = 0; i < channels; ++i) {
    const int64_t sum = (one - v) * ((one - h) * from.a[i] + h * from.b[i]) +
                        v * ((one - h) * from.c[i] + h * from.d[i]);
    y[i] = static_cast<T>((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
  }
}

template <class T>
void ElevenBitPixel(const Corners<T>& from, const Tap& row, const Tap& column, T* y,
                    int64_t channels) {
  for (int64_t i = 0; i < channels; ++i) {
    const int32_t top = from.a[i] * 2048 + column.fixed * (from.b[i] - from.a[i]);
    const int32_t bottom = from.c[i] * 2048 + column.fixed * (from.d[i] - from.c[i]);
    const int64_t sum = int64_t{top} * 2048 + int64_t{row.fixed} * (bottom - top);
    y[i] = static_cast<T>((sum + (1 << 21)) >> 22);
  }
}

template <class T, class Pixel>
void RunRows(const Params& p, const Tap* rows, const Tap* columns, const std::byte* x, std::byte* y,
             int64_t first, int64_t last, Pixel pixel) {
  const auto* from = reinterpret_cast<const T*>(x);
  auto* to = reinterpret_cast<T*>(y) + first * p.out_w * p.channels;
  for (int64_t row = first; row < last; ++row) {
    const Tap& v = rows[row % p.out_h];
    const T* picture = from + row / p.out_h * p.in_h * p.in_w * p.channels;
    const T* low = picture + v.low * p.in_w * p.channels;
    const T* high = picture + v.high * p.in_w * p.channels;
    for (int64_t i = 0; i < p.out_w; ++i, to += p.channels) {
      const Tap& h = columns[i];
      const int64_t left = h.low * p.channels, right = h.high * p.channels;
      pixel(Corners<T>{low + left, low + right, high + left, high + right}, v, h, to, p.channels);
    }
  }
}

}  // namespace

Tap TapOf(Formula formula, Mapping mapping, int64_t i, int64_t in, int64_t out) {
  switch (formula) {
    case Formula::kReal:
    case Formula::kColumns:
      return RealTap(mapping, i, in, out);
    case Formula::kTenBits:
      return TenBitTap(mapping, i, in, out);
    case Formula::kElevenBits:
      return ElevenBitTap(mapping, i, in, out);
  }
  return {};
}

int32_t NearestOf(Mapping mapping, int64_t i, int64_t in, int64_t out) {
  const float offset = mapping.half_pixel_centers ? 0.5F : 0.0F;
  const float place = (static_cast<float>(i) + offset) * ScaleOf(mapping, in, out);
  const float index = mapping.align_corners ? std::round(place) : std::floor(place);
  return std::clamp(static_cast<int32_t>(index), 0, static_cast<int32_t>(in - 1));
}

void Bilinear(const Params& p, const Tap* rows, const Tap* columns, const std::byte* x,
              std::byte* y, int64_t first, int64_t last) noexcept {
  auto run = [&]<class T>(T) {
    switch (p.formula) {
      case Formula::kReal:
        return RunRows<T>(p, rows, columns, x, y, first, last, RealPixel<T>);
      case Formula::kColumns:
        if constexpr (std::is_same_v<T, uint8_t>) {
          RunRows<T>(p, rows, columns, x, y, first, last, ColumnPixel<T>);
        }
        return;
      case Formula::kTenBits:
        if constexpr (std::is_integral_v<T>) {
          RunRows<T>(p, rows, columns, x, y, first, last, TenBitPixel<T>);
        }
        return;
      case Formula::kElevenBits:
        if constexpr (sizeof(T) == 1) {
          RunRows<T>(p, rows, columns, x, y, first, last, ElevenBitPixel<T>);
        }
        return;
    }
  };
  switch (p.dtype) {
    case tensor::DType::kInt8:
      return run(int8_t{});
    case tensor::DType::kUInt8:
      return run(uint8_t{});
    case tensor::DType::kInt16:
      return run(int16_t{});
    default:
      return run(float{});
  }
}

void Nearest(const Params& p, int64_t pixel_bytes, const int32_t* rows, const int32_t* columns,
             const std::byte* x, std::byte* y, int64_t first, int64_t last) noexcept {
  for (int64_t row = first; row < last; ++row) {
    const int64_t from = row / p.out_h * p.in_h + rows[row % p.out_h];
    for (int64_t i = 0; i < p.out_w; ++i) {
      std::memcpy(y + (row * p.out_w + i) * pixel_bytes,
                  x + (from * p.in_w + columns[i]) * pixel_bytes, static_cast<size_t>(pixel_bytes));
    }
  }
}

}  // namespace goldcrest::kernels::resize
