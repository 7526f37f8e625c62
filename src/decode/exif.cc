#include "decode/exif.h"

#include "base/byte_reader.h"
#include "base/file.h"

namespace goldcrest::decode {

int ExifOrientation(std::span<const std::byte> app1) {
  constexpr std::string_view kMark("Exif\0\0", 6);
  constexpr uint16_t kOrientationTag = 0x0112;
  constexpr uint16_t kShort = 3;
  if (!base::AsText(app1).starts_with(kMark)) return 1;
  std::span<const std::byte> tiff = app1.subspan(kMark.size());
  std::string_view text = base::AsText(tiff);
  bool big = text.starts_with("MM");
  if (!big && !text.starts_with("II")) return 1;
  std::endian order = big ? std::endian::big : std::endian::little;
  base::ByteReader header(tiff, order);
  header.Skip(4);
  auto offset = header.Read<uint32_t>();
  if (!header.ok() || offset > tiff.size()) return 1;
  base::ByteReader directory(tiff.subspan(offset), order);
  auto entries = directory.Read<uint16_t>();
  for (int i = 0; i < entries && directory.ok(); ++i) {
    auto tag = directory.Read<uint16_t>();
    auto type = directory.Read<uint16_t>();
    directory.Skip(4);  // count
    auto value = directory.Read<uint16_t>();
    directory.Skip(2);
    if (tag != kOrientationTag) continue;
    return directory.ok() && type == kShort && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

}  // namespace goldcrest::decode
