#include "decode/bmp.h"

#include <algorithm>
#include <bit>

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

}  // namespace

bool SniffBmp(std::span<const std::byte> file) { return base::AsText(file).starts_with("BM"); }

Status DecodeBmp(std::span<const std::byte> file, const Options& options, image::Picture& picture) {
  GOLDCREST_TRY(Header header, ReadHeader(file));
  GOLDCREST_RETURN_IF_ERROR(CheckKind(header, file));
  GOLDCREST_RETURN_IF_ERROR(CheckSize(header.width, header.height, options));
  // Rows are padded to four bytes.
  int64_t stride = (header.width * header.bits + 31) / 32 * 4;
  if (header.pixels > file.size() ||
      file.size() - header.pixels < static_cast<uint64_t>(stride * header.height)) {
    return Refuse("is cut short: ", header.width, " x ", header.height, " pixels need ",
                  stride * header.height, " bytes");
  }
  picture.width = header.width;
  picture.height = header.height;
  picture.rgb.resize(static_cast<size_t>(header.width * header.height * 3));
  const auto* bytes = reinterpret_cast<const uint8_t*>(file.data());
  const uint8_t* palette = header.bits <= 8 ? bytes + kFileHeader + header.size : nullptr;
  for (int64_t y = 0; y < header.height; ++y) {
    int64_t stored = header.top_down ? y : header.height - 1 - y;
    const uint8_t* row = bytes + header.pixels + stored * stride;
    if (!ReadRow(header, palette, row, picture.rgb.data() + y * header.width * 3)) {
      return Refuse("names a colour outside of its palette");
    }
  }
  return {};
}

}  // namespace goldcrest::decode
