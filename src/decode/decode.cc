#include "decode/decode.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "decode/bmp.h"
#include "decode/jpeg.h"
#include "decode/png.h"
#include "image/orientation.h"

namespace goldcrest::decode {
namespace {

// What it takes to resize a picture grows with its sides, not only with its pixels.
constexpr int64_t kLongestSide = 1 << 20;

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
  if (width > options.most_pixels / height) {
    return Fail(ErrorCode::kLimit, "the picture is ", width, " x ", height,
                " pixels; the limit is ", options.most_pixels, " (--max-pixels)");
  }
  if (std::max(width, height) <= kLongestSide) return {};
  return Fail(ErrorCode::kLimit, "the picture is ", width, " x ", height,
              " pixels; the longest side that is read is ", kLongestSide);
}

bool IsPicture(std::span<const std::byte> file) {
  if (SniffPng(file) || SniffJpeg(file)) return true;
  // Two letters are a weak mark; four bytes that no text has follow the size.
  return SniffBmp(file) && file.size() > 10 &&
         base::AsText(file).substr(6, 4) == std::string_view("\0\0\0\0", 4);
}

Rows OpenRows(std::span<const std::byte> file, const Options& options) {
  if (file.empty()) return Fail(ErrorCode::kInvalid, "the file is empty");
  if (SniffPng(file)) return OpenPng(file, options);
  if (SniffBmp(file)) return OpenBmp(file, options);
  if (SniffJpeg(file)) return OpenJpeg(file, options);
  return Fail(ErrorCode::kUnsupported, "its content is ", Guess(file),
              "; JPEG, PNG and BMP pictures are supported");
}

Status Decode(std::span<const std::byte> file, const Options& options, image::Picture& picture) {
  Options exact = options;
  exact.precision = Precision::kExact;
  GOLDCREST_TRY(std::unique_ptr<image::RowSource> rows, OpenRows(file, exact));
  picture.width = rows->width();
  picture.height = rows->height();
  picture.rgb.clear();
  // Memory follows the rows: a header may promise more than there is.
  for (int64_t y = 0; y < rows->height(); ++y) {
    GOLDCREST_TRY(const uint8_t* row, rows->NextRow());
    picture.rgb.insert(picture.rgb.end(), row, row + rows->width() * 3);
  }
  image::ApplyOrientation(rows->orientation(), picture);
  return {};
}

}  // namespace goldcrest::decode
