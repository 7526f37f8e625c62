// Pictures that come from arrays.
#pragma once

#include "image/row_source.h"

namespace goldcrest::data {

// The rows of a picture that they own.
class MemoryPicture final : public image::RowSource {
 public:
  explicit MemoryPicture(image::Picture picture)
      : picture_(std::move(picture)), next_(picture_.rgb.data()) {
    SetSize(picture_.width, picture_.height, 1);
  }
  Result<const uint8_t*> NextRow() override {
    next_ += width() * 3;
    return next_ - width() * 3;
  }

 private:
  image::Picture picture_;
  const uint8_t* next_;
};

}  // namespace goldcrest::data
