#include "decode/png.h"

#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/file.h"

namespace goldcrest::decode {
namespace {

constexpr png_uint_32 kLargestSide = 0x7fffffff;       // the format's own limit: ours counts pixels
constexpr png_alloc_size_t kMostChunkBytes = 8 << 20;  // of one ancillary chunk

// What deflate makes of one byte at most (RFC 1951: 258 bytes out of two bits).
constexpr uint64_t kMostInflation = 258 * 4;

struct Decoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::span<const std::byte> file;
  size_t read = 0;
  size_t told = 0;  // how much of that done_with knows
  std::function<void(std::span<const std::byte>)> done_with;
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
  if (count > decoder->file.size() - decoder->read) png_error(png, "the file is cut short");
  std::memcpy(out, decoder->file.data() + decoder->read, count);
  decoder->read += count;
  if (!decoder->done_with || decoder->read - decoder->told < kDoneWithBytes) return;
  decoder->done_with(decoder->file.subspan(decoder->told, decoder->read - decoder->told));
  decoder->told = decoder->read;
}

// These jump back into themselves on an error: see jpeg.cc.
bool ReadHeader(Decoder& decoder) {
  if (setjmp(decoder.jump) != 0) return false;
  png_set_user_limits(decoder.png, kLargestSide, kLargestSide);
  png_set_chunk_malloc_max(decoder.png, kMostChunkBytes);
  png_set_read_fn(decoder.png, &decoder, ReadBytes);
  png_read_info(decoder.png, decoder.info);
  return true;
}

bool Start(Decoder& decoder) {
  if (setjmp(decoder.jump) != 0) return false;
  const uint64_t bytes = uint64_t{png_get_rowbytes(decoder.png, decoder.info)} *
                         png_get_image_height(decoder.png, decoder.info);
  if (bytes / kMostInflation > decoder.file.size()) png_error(decoder.png, "the file is cut short");
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
  return true;
}

bool ReadRow(Decoder& decoder, png_bytep row, bool last) {
  if (setjmp(decoder.jump) != 0) return false;
  png_read_row(decoder.png, row, nullptr);
  if (last) png_read_end(decoder.png, nullptr);
  return true;
}

// `rows` has a pointer for each row of the picture.
bool ReadAllRows(Decoder& decoder, png_bytepp rows) {
  if (setjmp(decoder.jump) != 0) return false;
  png_read_image(decoder.png, rows);
  png_read_end(decoder.png, nullptr);
  return true;
}

class PngRows final : public image::RowSource {
 public:
  Status Open(std::span<const std::byte> file, const Options& options) {
    decoder_.file = file;
    decoder_.done_with = options.done_with;
    decoder_.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder_, OnError, OnWarning);
    if (decoder_.png != nullptr) decoder_.info = png_create_info_struct(decoder_.png);
    if (decoder_.info == nullptr) return Fail(ErrorCode::kLimit, "no memory for the PNG decoder");
    if (!ReadHeader(decoder_)) return Failure();
    const auto width = static_cast<int64_t>(png_get_image_width(decoder_.png, decoder_.info));
    const auto height = static_cast<int64_t>(png_get_image_height(decoder_.png, decoder_.info));
    GOLDCREST_RETURN_IF_ERROR(CheckSize(width, height, options));
    SetSize(width, height, 1);
    if (!Start(decoder_)) return Failure();
    interlaced_ = png_get_interlace_type(decoder_.png, decoder_.info) != PNG_INTERLACE_NONE;
    pixels_.resize(static_cast<size_t>(width * 3 * (interlaced_ ? height : 1)));
    return {};
  }

  Result<const uint8_t*> NextRow() override {
    const int64_t y = y_++;
    if (!interlaced_) {
      if (!ReadRow(decoder_, pixels_.data(), y + 1 == height())) return Failure();
      return pixels_.data();
    }
    // The last row's last pixels come with the last pass.
    if (y == 0 && !ReadWhole()) return Failure();
    return pixels_.data() + y * width() * 3;
  }

 private:
  bool ReadWhole() {
    std::vector<png_bytep> rows(static_cast<size_t>(height()));
    for (size_t y = 0; y < rows.size(); ++y) {
      rows[y] = pixels_.data() + y * static_cast<size_t>(width()) * 3;
    }
    return ReadAllRows(decoder_, rows.data());
  }

  std::unexpected<Error> Failure() const {
    return Fail(ErrorCode::kInvalid, "the PNG is damaged or cut short: ", decoder_.message);
  }

  Decoder decoder_;
  int64_t y_ = 0;
  bool interlaced_ = false;
  std::vector<uint8_t> pixels_;  // a row; of an interlaced PNG all
};

}  // namespace

bool SniffPng(std::span<const std::byte> file) {
  return base::AsText(file).starts_with("\x89PNG\r\n\x1a\n");
}

Rows OpenPng(std::span<const std::byte> file, const Options& options) {
  auto rows = std::make_unique<PngRows>();
  GOLDCREST_RETURN_IF_ERROR(rows->Open(file, options));
  return rows;
}

}  // namespace goldcrest::decode
