#include "decode/jpeg.h"

#include <jerror.h>

#include <array>
#include <csetjmp>
#include <utility>
#include <vector>

#include "base/file.h"
#include "decode/exif.h"
#include "decode/jpeg_source.h"
#include "image/crop.h"
#include "image/orientation.h"

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

// Coefficients that libjpeg keeps of a picture of several scans: 2 bytes each, 64 in a block, and
// every block has at least one bit in the file. So a file of n bytes needs no more than 1024 n, and
// what the padding of small pictures adds; a header that promises more has a file cut short behind
// it. (Arithmetic coding gets by with less: a large picture of several scans with nothing in it, so
// coded, is refused.)
constexpr size_t kCoefficientBytesPerFileByte = 64 * 2 * 8;
constexpr size_t kSpareCoefficientBytes = 16 << 20;

struct Decoder {
  jpeg_decompress_struct info{};
  ErrorManager errors;
  JpegSource source;
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

// These jump back into themselves on an error: no object with a destructor lives in their frames,
// nor in any that the jump leaves.
bool ReadHeader(Decoder& decoder, std::span<const std::byte> file) {
  if (setjmp(decoder.errors.jump) != 0) return false;
  jpeg_create_decompress(&decoder.info);
  decoder.info.mem->max_memory_to_use =
      static_cast<long>(kSpareCoefficientBytes + file.size() * kCoefficientBytesPerFileByte);
  decoder.progress.progress_monitor = OnProgress;
  decoder.info.progress = &decoder.progress;
  jpeg_save_markers(&decoder.info, JPEG_APP0 + 1, 0xffff);
  AttachSource(decoder.source, file, decoder.info);
  jpeg_read_header(&decoder.info, TRUE);
  return true;
}

bool Start(Decoder& decoder, const Options& options, int reduction) {
  if (setjmp(decoder.errors.jump) != 0) return false;
  jpeg_decompress_struct& info = decoder.info;
  const bool fast = options.precision == Precision::kFast;
  info.out_color_space = info.num_components == 4 ? JCS_CMYK : JCS_RGB;
  info.dct_method = fast || options.dct == tensor::DctMode::kFast ? JDCT_IFAST : JDCT_ISLOW;
  info.do_fancy_upsampling = fast ? FALSE : TRUE;
  info.scale_num = 1;
  info.scale_denom = static_cast<unsigned int>(reduction);
  jpeg_start_decompress(&info);
  return true;
}

// What libjpeg makes at a time: the rows of a block of pixels.
constexpr size_t kRowsAtOnce = 16;

// Reads rows, all that are there at once; none only on an error. With the last row, what follows it
// in the file.
size_t ReadRows(Decoder& decoder, std::array<uint8_t*, kRowsAtOnce>& rows) {
  if (setjmp(decoder.errors.jump) != 0) return 0;
  jpeg_decompress_struct& info = decoder.info;
  const size_t count = jpeg_read_scanlines(&info, rows.data(), kRowsAtOnce);
  if (info.output_scanline == info.output_height) jpeg_finish_decompress(&info);
  return count;
}

int Orientation(const jpeg_decompress_struct& info) {
  for (auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1) continue;
    int orientation = ExifOrientation(std::as_bytes(std::span(marker->data, marker->data_length)));
    if (orientation != 1) return orientation;
  }
  return 1;
}

bool Antialiases(tensor::ResizeMode mode) {
  using tensor::ResizeMode;
  return mode == ResizeMode::kTf2Antialias || mode == ResizeMode::kPilBilinear ||
         mode == ResizeMode::kPilBicubic || mode == ResizeMode::kPilLanczos;
}

// By how much a stored picture may be smaller. A resize that reads single pixels would find others,
// so only what antialiases leaves room; and, so that its own filter decides, a third more pixels
// stay than it makes. Halves, quarters and eighths are what libjpeg-turbo has vector code for: any
// other fraction takes longer than the whole.
int Reduction(const tensor::InputContract& contract, int64_t width, int64_t height,
              int orientation) {
  if (!Antialiases(contract.resize)) return 1;
  if (image::TurnOf(orientation).swapped) std::swap(width, height);
  const image::Region region = image::CropRegion(contract, width, height);
  for (int reduction : {8, 4, 2}) {
    if (region.width * 3 >= contract.width * 4 * reduction &&
        region.height * 3 >= contract.height * 4 * reduction) {
      return reduction;
    }
  }
  return 1;
}

class JpegRows final : public image::RowSource {
 public:
  Status Open(std::span<const std::byte> file, const Options& options) {
    decoder_.source.done_with = options.done_with;
    if (!ReadHeader(decoder_, file)) return Failure();
    const auto width = static_cast<int64_t>(decoder_.info.image_width);
    const auto height = static_cast<int64_t>(decoder_.info.image_height);
    GOLDCREST_RETURN_IF_ERROR(CheckSize(width, height, options));
    const int orientation = options.exif_orientation ? Orientation(decoder_.info) : 1;
    const bool reduces = options.precision == Precision::kFast && options.contract;
    const int reduction = reduces ? Reduction(*options.contract, width, height, orientation) : 1;
    SetSize(width, height, orientation, reduction);
    if (!Start(decoder_, options, reduction)) return Failure();
    const bool has_inks = decoder_.info.num_components == 4;
    const auto row_bytes = static_cast<size_t>(row_width() * (has_inks ? 4 : 3));
    pixels_.resize(row_bytes * kRowsAtOnce);
    for (size_t i = 0; i < kRowsAtOnce; ++i) rows_[i] = pixels_.data() + i * row_bytes;
    if (has_inks) rgb_.resize(static_cast<size_t>(row_width() * 3));
    return {};
  }

  Result<const uint8_t*> NextRow() override {
    if (next_ == read_) {
      next_ = 0;
      read_ = ReadRows(decoder_, rows_);
      if (read_ == 0) return Failure();
    }
    const uint8_t* row = rows_[next_++];
    if (rgb_.empty()) return row;
    CmykToRgb(row, row_width(), decoder_.info.saw_Adobe_marker != 0, rgb_.data());
    return rgb_.data();
  }

 private:
  std::unexpected<Error> Failure() const {
    const bool too_large = decoder_.errors.base.msg_code == JERR_NO_BACKING_STORE;
    return Fail(ErrorCode::kInvalid, "the JPEG is damaged or cut short: ",
                too_large ? "its file is too small for a picture of its size"
                          : decoder_.errors.message.data());
  }

  Decoder decoder_;
  std::vector<uint8_t> pixels_;               // kRowsAtOnce rows; with four inks, in these
  std::array<uint8_t*, kRowsAtOnce> rows_{};  // where they begin
  size_t read_ = 0, next_ = 0;                // of them
  std::vector<uint8_t> rgb_;                  // the row that was asked for, where it has four inks
};

}  // namespace

bool SniffJpeg(std::span<const std::byte> file) {
  return base::AsText(file).starts_with("\xff\xd8\xff");
}

Rows OpenJpeg(std::span<const std::byte> file, const Options& options) {
  auto rows = std::make_unique<JpegRows>();
  GOLDCREST_RETURN_IF_ERROR(rows->Open(file, options));
  return rows;
}

}  // namespace goldcrest::decode
