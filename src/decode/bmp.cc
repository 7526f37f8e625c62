#include "decode/bmp.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "base/byte_reader.h"
#include "base/file.h"

namespace goldcrest::decode {
namespace {

constexpr uint32_t kPlain = 0;      // BI_RGB
constexpr uint32_t kBitFields = 3;  // BI_BITFIELDS: masks say where the colours are
constexpr size_t kFileHeader = 14;

struct Header {
  size_t pixels = 0;  // offset of the first stored row
  size_t size = 0;    // of the second header
  int64_t width = 0;
  int64_t height = 0;
  bool top_down = false;
  int bits = 0;
  uint32_t compression = 0;
  size_t colors = 0;  // in the palette
  uint32_t masks[3] = {0xff0000, 0xff00, 0xff};

  int64_t stride() const { return (width * bits + 31) / 32 * 4; }  // padded to four bytes
};

template <class... Parts>
std::unexpected<Error> Refuse(const Parts&... parts) {
  return Fail(ErrorCode::kInvalid, "the BMP ", parts...);
}

Result<Header> ReadHeader(std::span<const std::byte> file) {
  Header header;
  base::ByteReader in(file);
  in.Skip(10);
  header.pixels = in.Read<uint32_t>();
  header.size = in.Read<uint32_t>();
  if (header.size < 40) {
    return Fail(ErrorCode::kUnsupported, "the BMP has a header of ", header.size,
                " bytes; 40 and more are supported");
  }
  header.width = in.Read<int32_t>();
  int64_t height = in.Read<int32_t>();
  header.top_down = height < 0;
  header.height = height < 0 ? -height : height;
  in.Skip(2);  // planes
  header.bits = in.Read<uint16_t>();
  header.compression = in.Read<uint32_t>();
  in.Skip(12);  // size of the data, resolution
  header.colors = in.Read<uint32_t>();
  in.Skip(4);
  if (header.compression == kBitFields) {
    for (uint32_t& mask : header.masks) mask = in.Read<uint32_t>();
  }
  if (!in.ok()) return Refuse("is cut short");
  if (header.width < 1 || header.height < 1) return Refuse("is ", header.width, " x ", height);
  return header;
}

Status CheckKind(Header& header, std::span<const std::byte> file) {
  bool indexed = header.bits == 1 || header.bits == 4 || header.bits == 8;
  bool plain = header.compression == kPlain && (indexed || header.bits == 24 || header.bits == 32);
  bool masked = header.compression == kBitFields && header.bits == 32;
  if (!plain && !masked) {
    return Fail(ErrorCode::kUnsupported, "the BMP has ", header.bits, " bits and compression ",
                header.compression, "; uncompressed ones of 1, 4, 8, 24 and 32 bits are supported");
  }
  for (uint32_t mask : header.masks) {
    bool byte = std::popcount(mask) == 8 && mask >> std::countr_zero(mask) == 0xff;
    if (!byte) return Fail(ErrorCode::kUnsupported, "the BMP's colours are not bytes");
  }
  if (!indexed) return {};
  size_t most = size_t{1} << header.bits;
  if (header.colors == 0) header.colors = most;
  size_t palette = kFileHeader + header.size;
  if (header.colors > most || palette + header.colors * 4 > file.size()) {
    return Refuse("has a damaged palette");
  }
  return {};
}

// One stored row as RGB.
bool ReadRow(const Header& header, const uint8_t* palette, const uint8_t* row, uint8_t* rgb) {
  for (int64_t x = 0; x < header.width; ++x, rgb += 3) {
    if (header.bits == 24) {
      std::reverse_copy(row + x * 3, row + x * 3 + 3, rgb);
    } else if (header.bits == 32) {
      uint32_t pixel = row[x * 4] | row[x * 4 + 1] << 8 | row[x * 4 + 2] << 16 |
                       static_cast<uint32_t>(row[x * 4 + 3]) << 24;
      for (int c = 0; c < 3; ++c) {
        rgb[c] =
            static_cast<uint8_t>((pixel & header.masks[c]) >> std::countr_zero(header.masks[c]));
      }
    } else {
      int64_t bit = x * header.bits;
      int shift = 8 - header.bits - static_cast<int>(bit % 8);
      size_t index = row[bit / 8] >> shift & ((1 << header.bits) - 1);
      if (index >= header.colors) return false;
      std::reverse_copy(palette + index * 4, palette + index * 4 + 3, rgb);
    }
  }
  return true;
}

class BmpRows final : public image::RowSource {
 public:
  BmpRows(std::span<const std::byte> file, const Header& header, const Options& options)
      : file_(file), header_(header), done_with_(options.done_with) {
    SetSize(header.width, header.height, 1);
    if (header.bits <= 8) palette_ = Bytes() + kFileHeader + header.size;
    row_.resize(static_cast<size_t>(header.width * 3));
  }

  Result<const uint8_t*> NextRow() override {
    const int64_t stored = header_.top_down ? y_ : header_.height - 1 - y_;
    ++y_;
    const size_t begin = header_.pixels + static_cast<size_t>(stored * header_.stride());
    const size_t end = begin + static_cast<size_t>(header_.stride());
    if (!ReadRow(header_, palette_, Bytes() + begin, row_.data())) {
      return Refuse("names a colour outside of its palette");
    }
    TellDone(begin, end);
    return row_.data();
  }

 private:
  const uint8_t* Bytes() const { return reinterpret_cast<const uint8_t*>(file_.data()); }

  // Rows come in the order of the file or against it; either way those since last time are
  // together.
  void TellDone(size_t begin, size_t end) {
    done_begin_ = done_begin_ == done_end_ ? begin : std::min(done_begin_, begin);
    done_end_ = std::max(done_end_, end);
    if (!done_with_ || done_end_ - done_begin_ < kDoneWithBytes) return;
    done_with_(file_.subspan(done_begin_, done_end_ - done_begin_));
    done_begin_ = done_end_ = 0;
  }

  std::span<const std::byte> file_;
  Header header_;
  std::function<void(std::span<const std::byte>)> done_with_;
  const uint8_t* palette_ = nullptr;
  int64_t y_ = 0;
  size_t done_begin_ = 0;
  size_t done_end_ = 0;
  std::vector<uint8_t> row_;
};

}  // namespace

bool SniffBmp(std::span<const std::byte> file) { return base::AsText(file).starts_with("BM"); }

Rows OpenBmp(std::span<const std::byte> file, const Options& options) {
  GOLDCREST_TRY(Header header, ReadHeader(file));
  GOLDCREST_RETURN_IF_ERROR(CheckKind(header, file));
  GOLDCREST_RETURN_IF_ERROR(CheckSize(header.width, header.height, options));
  const int64_t bytes = header.stride() * header.height;
  if (header.pixels > file.size() || file.size() - header.pixels < static_cast<uint64_t>(bytes)) {
    return Refuse("is cut short: ", header.width, " x ", header.height, " pixels need ", bytes,
                  " bytes");
  }
  return std::make_unique<BmpRows>(file, header, options);
}

}  // namespace goldcrest::decode
