#include "decode/png.h"

#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "base/file.h"

namespace goldcrest::decode {
namespace {

constexpr png_uint_32 kLargestSide = 0x7fffffff;       // the format's own limit: ours counts pixels
constexpr png_alloc_size_t kMostChunkBytes = 8 << 20;  // of one ancillary chunk

struct Decoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::span<const std::byte> left;
  std::jmp_buf jump;
  char message[128] = "";

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { png_destroy_read_struct(&png, &info, nullptr); }
};

[[noreturn]] void OnError(png_structp png, png_const_charp message) {
  auto* decoder = static_cast<Decoder*>(png_get_error_ptr(png));
  std::snprintf(decoder->message, sizeof decoder->message, "%s", message);
  std::longjmp(decoder->jump, 1);
}

void OnWarning(png_structp, png_const_charp) {}

void ReadBytes(png_structp png, png_bytep out, size_t count) {
  auto* decoder = static_cast<Decoder*>(png_get_io_ptr(png));
  if (count > decoder->left.size()) png_error(png, "the file is cut short");
  std::memcpy(out, decoder->left.data(), count);
  decoder->left = decoder->left.subspan(count);
}

// These two jump back into themselves on an error: see jpeg.cc.
bool ReadHeader(Decoder& decoder) {
  if (setjmp(decoder.jump) != 0) return false;
  png_set_user_limits(decoder.png, kLargestSide, kLargestSide);
  png_set_chunk_malloc_max(decoder.png, kMostChunkBytes);
  png_set_read_fn(decoder.png, &decoder, ReadBytes);
  png_read_info(decoder.png, decoder.info);
  return true;
}

// `rows` has a pointer for each row of the picture.
bool ReadRows(Decoder& decoder, png_bytepp rows) {
  if (setjmp(decoder.jump) != 0) return false;
  png_set_expand(decoder.png);  // palettes, few bits, and transparent colours as alpha
  png_set_strip_16(decoder.png);
  png_set_strip_alpha(decoder.png);
  png_set_gray_to_rgb(decoder.png);
  png_set_interlace_handling(decoder.png);
  png_read_update_info(decoder.png, decoder.info);
  if (png_get_rowbytes(decoder.png, decoder.info) !=
      png_get_image_width(decoder.png, decoder.info) * size_t{3}) {
    png_error(decoder.png, "its rows are not RGB");
  }
  png_read_image(decoder.png, rows);
  png_read_end(decoder.png, nullptr);
  return true;
}

Status Failure(const Decoder& decoder) {
  return Fail(ErrorCode::kInvalid, "the PNG is damaged or cut short: ", decoder.message);
}

}  // namespace

bool SniffPng(std::span<const std::byte> file) {
  return base::AsText(file).starts_with("\x89PNG\r\n\x1a\n");
}

Status DecodePng(std::span<const std::byte> file, const Options& options, image::Picture& picture) {
  Decoder decoder;
  decoder.left = file;
  decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, OnError, OnWarning);
  if (decoder.png != nullptr) decoder.info = png_create_info_struct(decoder.png);
  if (decoder.info == nullptr) return Fail(ErrorCode::kLimit, "no memory for the PNG decoder");
  if (!ReadHeader(decoder)) return Failure(decoder);
  int64_t width = png_get_image_width(decoder.png, decoder.info);
  int64_t height = png_get_image_height(decoder.png, decoder.info);
  GOLDCREST_RETURN_IF_ERROR(CheckSize(width, height, options));
  picture.width = width;
  picture.height = height;
  picture.rgb.resize(static_cast<size_t>(width * height * 3));
  std::vector<png_bytep> rows(static_cast<size_t>(height));
  for (size_t y = 0; y < rows.size(); ++y) {
    rows[y] = picture.rgb.data() + y * static_cast<size_t>(width) * 3;
  }
  if (!ReadRows(decoder, rows.data())) return Failure(decoder);
  return {};
}

}  // namespace goldcrest::decode
