#include "decode/decode.h"

#include <array>

#include "base/file.h"
#include "decode/bmp.h"
#include "decode/jpeg.h"
#include "decode/png.h"
#include "image/orientation.h"

namespace goldcrest::decode {
namespace {

// What a file that we do not decode seems to be.
std::string_view Guess(std::span<const std::byte> file) {
  struct Mark {
    std::string_view bytes;
    std::string_view name;
  };
  constexpr std::array<Mark, 3> kMarks = {
      {{"GIF8", "a GIF"}, {"RIFF", "a WebP"}, {"II*", "a TIFF"}}};
  for (const Mark& mark : kMarks) {
    if (base::AsText(file).starts_with(mark.bytes)) return mark.name;
  }
  return "no picture that is known";
}

}  // namespace

Status CheckSize(int64_t width, int64_t height, const Options& options) {
  if (width < 1 || height < 1) return Fail(ErrorCode::kInvalid, "the picture has no pixels");
  if (width <= options.most_pixels / height) return {};
  return Fail(ErrorCode::kLimit, "the picture is ", width, " x ", height, " pixels; the limit is ",
              options.most_pixels, " (--max-pixels)");
}

Status Decode(std::span<const std::byte> file, const Options& options, image::Picture& picture) {
  if (file.empty()) return Fail(ErrorCode::kInvalid, "the file is empty");
  if (SniffPng(file)) return DecodePng(file, options, picture);
  if (SniffBmp(file)) return DecodeBmp(file, options, picture);
  if (!SniffJpeg(file)) {
    return Fail(ErrorCode::kUnsupported, "its content is ", Guess(file),
                "; JPEG, PNG and BMP pictures are supported");
  }
  int orientation = 1;
  GOLDCREST_RETURN_IF_ERROR(DecodeJpeg(file, options, picture, orientation));
  if (options.exif_orientation) image::ApplyOrientation(orientation, picture);
  return {};
}

}  // namespace goldcrest::decode
