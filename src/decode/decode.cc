#include "decode/decode.h"

#include <array>

#include "base/file.h"
#include "decode/jpeg.h"
#include "image/orientation.h"

namespace goldcrest::decode {
namespace {

// What a file that we do not decode seems to be.
std::string_view Guess(std::span<const std::byte> file) {
  struct Mark {
    std::string_view bytes;
    std::string_view name;
  };
  constexpr std::array<Mark, 5> kMarks = {{{"\x89PNG", "a PNG"},
                                           {"BM", "a BMP"},
                                           {"GIF8", "a GIF"},
                                           {"RIFF", "a WebP"},
                                           {"II*", "a TIFF"}}};
  for (const Mark& mark : kMarks) {
    if (base::AsText(file).starts_with(mark.bytes)) return mark.name;
  }
  return "no picture that is known";
}

}  // namespace

Status Decode(std::span<const std::byte> file, const Options& options, image::Picture& picture) {
  if (file.empty()) return Fail(ErrorCode::kInvalid, "the file is empty");
  if (!SniffJpeg(file)) {
    return Fail(ErrorCode::kUnsupported, "its content is ", Guess(file),
                "; JPEG pictures are supported");
  }
  int orientation = 1;
  GOLDCREST_RETURN_IF_ERROR(DecodeJpeg(file, options, picture, orientation));
  if (options.exif_orientation) image::ApplyOrientation(orientation, picture);
  return {};
}

}  // namespace goldcrest::decode
