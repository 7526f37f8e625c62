#include "decode/jpeg.h"

#include <csetjmp>
#include <cstdio>
// jpeglib.h needs stdio.h before it.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>

#include "base/file.h"
#include "decode/exif.h"

namespace goldcrest::decode {
namespace {

// libjpeg reports errors through a struct that our part follows.
struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  std::array<char, JMSG_LENGTH_MAX> message;
};

ErrorManager& Manager(j_common_ptr info) { return *reinterpret_cast<ErrorManager*>(info->err); }

[[noreturn]] void OnError(j_common_ptr info) {
  ErrorManager& manager = Manager(info);
  (*info->err->format_message)(info, manager.message.data());
  std::longjmp(manager.jump, 1);
}

// A negative level is a warning. libjpeg goes on with grey pixels where data is missing or damaged;
// we do not. Bytes too many are harmless.
void OnMessage(j_common_ptr info, int level) {
  if (level < 0 && info->err->msg_code != JWRN_EXTRANEOUS_DATA) OnError(info);
}

void Ignore(j_common_ptr) {}

// Each scan of a progressive JPEG costs a walk over the whole picture, and few bytes.
constexpr int kMostScans = 100;

void OnProgress(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMostScans) return;
  ErrorManager& manager = Manager(info);
  std::snprintf(manager.message.data(), manager.message.size(), "it has more than %d scans",
                kMostScans);
  std::longjmp(manager.jump, 1);
}

struct Decoder {
  jpeg_decompress_struct info;
  ErrorManager errors;
  jpeg_progress_mgr progress{};

  Decoder() {
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = OnError;
    errors.base.emit_message = OnMessage;
    errors.base.output_message = Ignore;
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&info); }
};

// Adobe's CMYK is stored inverted, so that a product of two bytes is the colour, as Pillow has it.
void CmykToRgb(const uint8_t* cmyk, int64_t width, bool inverted, uint8_t* rgb) {
  for (int64_t x = 0; x < width; ++x) {
    for (int c = 0; c < 3; ++c) {
      int ink = inverted ? cmyk[x * 4 + c] : 255 - cmyk[x * 4 + c];
      int key = inverted ? cmyk[x * 4 + 3] : 255 - cmyk[x * 4 + 3];
      rgb[x * 3 + c] = static_cast<uint8_t>((ink * key + 127) / 255);
    }
  }
}

// These two jump back into themselves on an error: no object with a destructor lives in their
// frames, nor in any that the jump leaves.
bool ReadHeader(Decoder& decoder, std::span<const std::byte> file) {
  if (setjmp(decoder.errors.jump) != 0) return false;
  jpeg_create_decompress(&decoder.info);
  decoder.progress.progress_monitor = OnProgress;
  decoder.info.progress = &decoder.progress;
  jpeg_save_markers(&decoder.info, JPEG_APP0 + 1, 0xffff);
  jpeg_mem_src(&decoder.info, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_read_header(&decoder.info, TRUE);
  return true;
}

// `cmyk` is one row of four bytes a pixel.
bool ReadRows(Decoder& decoder, const Options& options, uint8_t* cmyk, uint8_t* rgb) {
  if (setjmp(decoder.errors.jump) != 0) return false;
  jpeg_decompress_struct& info = decoder.info;
  const bool is_cmyk = info.num_components == 4;
  info.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  info.dct_method = options.dct == tensor::DctMode::kFast ? JDCT_IFAST : JDCT_ISLOW;
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    uint8_t* out = rgb + static_cast<size_t>(info.output_scanline) * info.output_width * 3;
    uint8_t* row = is_cmyk ? cmyk : out;
    jpeg_read_scanlines(&info, &row, 1);
    if (is_cmyk) CmykToRgb(row, info.output_width, info.saw_Adobe_marker != 0, out);
  }
  jpeg_finish_decompress(&info);
  return true;
}

int Orientation(const jpeg_decompress_struct& info) {
  for (auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1) continue;
    int orientation = ExifOrientation(std::as_bytes(std::span(marker->data, marker->data_length)));
    if (orientation != 1) return orientation;
  }
  return 1;
}

Status Failure(const Decoder& decoder) {
  return Fail(ErrorCode::kInvalid,
              "the JPEG is damaged or cut short: ", decoder.errors.message.data());
}

}  // namespace

bool SniffJpeg(std::span<const std::byte> file) {
  return base::AsText(file).starts_with("\xff\xd8\xff");
}

Status DecodeJpeg(std::span<const std::byte> file, const Options& options, image::Picture& picture,
                  int& orientation) {
  Decoder decoder;
  if (!ReadHeader(decoder, file)) return Failure(decoder);
  const auto width = static_cast<int64_t>(decoder.info.image_width);
  const auto height = static_cast<int64_t>(decoder.info.image_height);
  GOLDCREST_RETURN_IF_ERROR(CheckSize(width, height, options));
  picture.width = width;
  picture.height = height;
  picture.rgb.resize(static_cast<size_t>(width * height * 3));
  std::vector<uint8_t> cmyk(static_cast<size_t>(width * 4));
  orientation = Orientation(decoder.info);
  if (!ReadRows(decoder, options, cmyk.data(), picture.rgb.data())) return Failure(decoder);
  return {};
}

}  // namespace goldcrest::decode
