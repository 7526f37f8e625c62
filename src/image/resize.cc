#include "image/resize.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "image/blend.h"
#include "image/float_rows.h"

namespace goldcrest::image {
namespace {

size_t Size(int64_t count) { return static_cast<size_t>(count); }

// Whether the upright picture's rows are blended before its columns.
bool RowsFirst(Blend blend, const Region& region, int64_t width, int64_t height) {
  if (blend == Blend::kSum) return true;
  const int64_t fewer_rows = region.height - height;
  const int64_t fewer_columns = region.width - width;
  return blend == Blend::kFixedPoint && fewer_rows > std::max<int64_t>(0, 2 * fewer_columns);
}

}  // namespace

void Resizer::Begin(const ResizeInput& input) {
  const Region& region = input.region;
  const Turn turn = TurnOf(input.orientation);
  swapped_ = turn.swapped;
  const bool same_size = region.width == width_ && region.height == height_;
  // Nearest copies; of an equal size, all.
  const tensor::ResizeMode mode = same_size ? tensor::ResizeMode::kPilNearest : mode_;
  along_.reversed = turn.from_right;
  across_.reversed = turn.from_bottom;
  Axis& columns = swapped_ ? across_ : along_;
  Axis& rows = swapped_ ? along_ : across_;
  const int64_t upright_width = swapped_ ? input.height : input.width;
  const int64_t upright_height = swapped_ ? input.width : input.height;
  Prepare(columns, mode, upright_width, region.left, region.width, input.reduction, width_);
  Prepare(rows, mode, upright_height, region.top, region.height, input.reduction, height_);
  along_first_ = RowsFirst(along_.taps.blend, region, width_, height_) == swapped_;
  makes_floats_ = along_.taps.blend == Blend::kLerp || along_.taps.blend == Blend::kSum;
  row_ = 0;
  next_ = across_.reversed ? across_.taps.outputs() - 1 : 0;
  part_.resize(Size(along_.taps.inputs() * 3 + kRowPadding));
  if (!along_first_) stored_ring_.resize(Size(across_.taps.longest * along_.taps.inputs() * 3));
  if (makes_floats_) {
    Prepare(floats_);
  } else {
    Prepare(bytes_);
  }
}

// The section of `length` stored pixels from `first` of `side`, counted in the upright direction.
void Resizer::Prepare(Axis& axis, tensor::ResizeMode mode, int64_t side, int64_t first,
                      int64_t length, int reduction, int64_t outputs) {
  if (axis.reversed) first = side - first - length;
  axis.first = first / reduction;
  const int64_t end = (first + length + reduction - 1) / reduction;
  // What comes before the section in its own direction.
  const int64_t before =
      axis.reversed ? end * reduction - first - length : first - axis.first * reduction;
  MakeTaps(mode,
           {.inputs = end - axis.first,
            .begin = static_cast<double>(before) / reduction,
            .length = static_cast<double>(length) / reduction},
           outputs, axis.taps);
}

template <class T>
void Resizer::Prepare(Work<T>& work) {
  const int64_t line = along_.taps.outputs() * 3;
  if (along_first_) work.ring.resize(Size(across_.taps.longest * line));
  if (!along_first_) work.wide.resize(Size(along_.taps.inputs() * 3 + kRowPadding));
  if (swapped_) work.line.resize(Size(line));
  work.result.resize(Size(width_ * height_ * 3));
}

const uint8_t* Resizer::Part(const uint8_t* rgb) {
  const uint8_t* pixels = rgb + along_.first * 3;
  if (!along_.reversed) {
    std::copy_n(pixels, along_.taps.inputs() * 3, part_.begin());
    return part_.data();
  }
  uint8_t* out = part_.data() + along_.taps.inputs() * 3;
  for (int64_t x = 0; x < along_.taps.inputs(); ++x, pixels += 3) {
    out -= 3;
    std::memcpy(out, pixels, 3);
  }
  return part_.data();
}

void Resizer::AddRow(const uint8_t* rgb) {
  int64_t position = row_++ - across_.first;
  if (position < 0 || position >= across_.taps.inputs() || !more()) return;
  if (across_.reversed) position = across_.taps.inputs() - 1 - position;
  const Taps::Span& span = next_span();
  const bool wanted =
      across_.reversed ? position < span.first + span.count : position >= span.first;
  if (!wanted) return;
  const uint8_t* pixels = Part(rgb);
  if (makes_floats_) {
    Use(position, pixels, floats_);
  } else {
    Use(position, pixels, bytes_);
  }
}

template <class T>
void Resizer::Use(int64_t position, const uint8_t* pixels, Work<T>& work) {
  const int64_t slot = position % across_.taps.longest;
  if (along_first_) {
    BlendAlong(along_.taps, pixels, work.ring.data() + slot * along_.taps.outputs() * 3);
  } else {
    const int64_t bytes = along_.taps.inputs() * 3;
    std::memcpy(stored_ring_.data() + slot * bytes, pixels, Size(bytes));
  }
  // A span is complete once its last row is there, from whichever side the rows come.
  auto complete = [&](const Taps::Span& span) {
    return across_.reversed ? span.first >= position : span.first + span.count - 1 <= position;
  };
  while (more() && complete(next_span())) {
    MakeLine(work);
    next_ += across_.reversed ? -1 : 1;
  }
}

template <class T>
void Resizer::MakeLine(Work<T>& work) {
  const int64_t elements = along_.taps.outputs() * 3;
  T* line = swapped_ ? work.line.data() : work.result.data() + next_ * elements;
  if (along_first_) {
    const Rows<T> rows{work.ring.data(), elements, across_.taps.longest};
    BlendAcross(across_.taps, next_, rows, elements, line);
  } else {
    const int64_t stored = along_.taps.inputs() * 3;
    const Rows<uint8_t> rows{stored_ring_.data(), stored, across_.taps.longest};
    BlendAcross(across_.taps, next_, rows, stored, work.wide.data());
    BlendAlong(along_.taps, work.wide.data(), line);
  }
  if (!swapped_) return;
  T* column = work.result.data() + next_ * 3;
  for (int64_t y = 0; y < height_; ++y) {
    std::memcpy(column + y * width_ * 3, line + y * 3, 3 * sizeof(T));
  }
}

std::span<const uint8_t> Resizer::Bytes() {
  if (makes_floats_) {
    bytes_.result.resize(floats_.result.size());
    RoundToBytes(floats_.result.data(), std::ssize(floats_.result), bytes_.result.data());
  }
  return bytes_.result;
}

}  // namespace goldcrest::image
