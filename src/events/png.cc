#include "events/png.h"

#include <png.h>

namespace goldcrest::events {

Result<std::string> EncodePng(int64_t width, int64_t height, std::span<const uint8_t> rgb) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string file(size, '\0');
  if (png_image_write_to_memory(&image, file.data(), &size, 0, rgb.data(), 0, nullptr) == 0) {
    return Fail(ErrorCode::kLimit, "the PNG cannot be written: ", image.message);
  }
  file.resize(size);
  return file;
}

}  // namespace goldcrest::events
