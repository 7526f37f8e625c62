// A picture that comes row by row, so that nobody has to hold it as a whole.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "image/picture.h"

namespace goldcrest::image {

class RowSource {
 public:
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  virtual ~RowSource() = default;

  // Pixels, as the picture is stored; at least 1.
  int64_t width() const { return width_; }
  int64_t height() const { return height_; }
  // The EXIF orientation (1 to 8) that turns the stored picture upright.
  int orientation() const { return orientation_; }
  // A pixel that comes stands for a square of this side of stored ones: 1, but where a decoder was
  // asked to be fast (see decode::Options). The last of a row or column may stand for less.
  int reduction() const { return reduction_; }
  // What comes of a picture.
  int64_t row_width() const { return (width_ + reduction_ - 1) / reduction_; }
  int64_t row_count() const { return (height_ + reduction_ - 1) / reduction_; }

  // The next row from the top, row_width() RGB pixels, which stay until the next call; to be called
  // row_count() times. A source that finds its picture cut short or damaged, be it behind the last
  // row, fails before it has given that row: who has all rows has a whole picture.
  virtual Result<const uint8_t*> NextRow() = 0;

 protected:
  void SetSize(int64_t width, int64_t height, int orientation, int reduction = 1) {
    width_ = width;
    height_ = height;
    orientation_ = orientation;
    reduction_ = reduction;
  }

 private:
  int64_t width_ = 0;
  int64_t height_ = 0;
  int orientation_ = 1;
  int reduction_ = 1;
};

// The rows of a picture in memory, which must outlive them.
class PictureRows final : public RowSource {
 public:
  explicit PictureRows(const Picture& picture) : next_(picture.rgb.data()) {
    SetSize(picture.width, picture.height, 1);
  }
  Result<const uint8_t*> NextRow() override {
    next_ += width() * 3;
    return next_ - width() * 3;
  }

 private:
  const uint8_t* next_;
};

}  // namespace goldcrest::image
