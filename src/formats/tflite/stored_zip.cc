#include "formats/tflite/stored_zip.h"

#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "base/file.h"

namespace goldcrest::formats::tflite {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kCentralHeader = 0x02014b50;
constexpr uint32_t kEnd = 0x06054b50;
constexpr size_t kEndSize = 22;
constexpr size_t kLongestComment = 65535;
constexpr uint16_t kVersion = 20;
constexpr uint16_t kDate = 1 << 5 | 1;  // 1980-01-01, the format's first day

uint32_t Crc32(std::span<const std::byte> bytes) {
  uint32_t crc = ~0U;
  for (std::byte byte : bytes) {
    crc ^= static_cast<uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
  }
  return ~crc;
}

class LittleEndianWriter {
 public:
  explicit LittleEndianWriter(std::vector<std::byte>& file) : file_(file) {}
  void U16(size_t v) { Little(v, 2); }
  void U32(size_t v) { Little(v, 4); }
  void Put(std::span<const std::byte> bytes) {
    file_.insert(file_.end(), bytes.begin(), bytes.end());
  }

 private:
  void Little(size_t v, int bytes) {
    for (int i = 0; i < bytes; ++i) file_.push_back(static_cast<std::byte>(v >> (8 * i)));
  }
  std::vector<std::byte>& file_;
};

// The fields that local and central headers share, from "version needed" to "extra length".
void PutEntryFields(LittleEndianWriter& out, std::string_view name,
                    std::span<const std::byte> contents) {
  out.U16(kVersion);
  out.U16(0);  // flags
  out.U16(0);  // method: stored
  out.U16(0);  // time
  out.U16(kDate);
  out.U32(Crc32(contents));
  out.U32(contents.size());
  out.U32(contents.size());
  out.U16(name.size());
  out.U16(0);  // extra
}

struct Entry {
  std::string_view name;
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t crc = 0;
  size_t packed_size = 0;
  size_t size = 0;
  size_t offset = 0;  // of the local header
};

Entry ReadCentralEntry(base::ByteReader& in) {
  Entry entry;
  in.Skip(4);  // versions
  entry.flags = in.Read<uint16_t>();
  entry.method = in.Read<uint16_t>();
  in.Skip(4);  // time, date
  entry.crc = in.Read<uint32_t>();
  entry.packed_size = in.Read<uint32_t>();
  entry.size = in.Read<uint32_t>();
  size_t name_size = in.Read<uint16_t>();
  size_t extra_size = in.Read<uint16_t>();
  size_t comment_size = in.Read<uint16_t>();
  in.Skip(8);  // disk, attributes
  entry.offset = in.Read<uint32_t>();
  entry.name = base::AsText(in.Take(name_size));
  in.Skip(extra_size + comment_size);
  return entry;
}

Result<std::span<const std::byte>> Contents(std::span<const std::byte> file, const Entry& entry) {
  if (entry.method != 0 || (entry.flags & 1) != 0) {
    return Fail(ErrorCode::kUnsupported, entry.name, " is compressed or encrypted in the archive");
  }
  if (entry.offset > file.size() || entry.packed_size != entry.size) {
    return Fail(ErrorCode::kInvalid, "the archive's entry ", entry.name, " is malformed");
  }
  base::ByteReader in(file.subspan(entry.offset));
  uint32_t signature = in.Read<uint32_t>();
  in.Skip(22);
  size_t name_size = in.Read<uint16_t>();
  size_t extra_size = in.Read<uint16_t>();
  in.Skip(name_size + extra_size);
  std::span<const std::byte> contents = in.Take(entry.size);
  if (signature != kLocalHeader || !in.ok() || Crc32(contents) != entry.crc) {
    return Fail(ErrorCode::kInvalid, "the archive's entry ", entry.name, " is damaged");
  }
  return contents;
}

}  // namespace

void AppendStoredZip(std::vector<std::byte>& file, std::string_view name,
                     std::span<const std::byte> contents) {
  LittleEndianWriter out(file);
  size_t local = file.size();
  out.U32(kLocalHeader);
  PutEntryFields(out, name, contents);
  out.Put(base::AsBytes(name));
  out.Put(contents);
  size_t central = file.size();
  out.U32(kCentralHeader);
  out.U16(kVersion);
  PutEntryFields(out, name, contents);
  out.U16(0);  // comment
  out.U16(0);  // disk
  out.U16(0);  // internal attributes
  out.U32(0);  // external attributes
  out.U32(local);
  out.Put(base::AsBytes(name));
  size_t central_size = file.size() - central;
  out.U32(kEnd);
  out.U32(0);  // disks
  out.U16(1);  // entries here
  out.U16(1);  // entries in all
  out.U32(central_size);
  out.U32(central);
  out.U16(0);  // comment
}

Result<std::span<const std::byte>> FindStoredEntry(std::span<const std::byte> file,
                                                   std::string_view name) {
  size_t tail = std::min(file.size(), kEndSize + kLongestComment);
  constexpr std::array<char, 4> kMark = {'P', 'K', 5, 6};
  std::string_view text = base::AsText(file.last(tail));
  size_t at = text.rfind(std::string_view(kMark.data(), kMark.size()));
  if (at == std::string_view::npos) {
    return Fail(ErrorCode::kNotFound, "the file carries no archive with ", name);
  }
  base::ByteReader end(file.last(tail).subspan(at));
  end.Skip(10);
  size_t entries = end.Read<uint16_t>();
  end.Skip(4);
  size_t central = end.Read<uint32_t>();
  end.Skip(2);  // the comment's length
  if (!end.ok() || central > file.size()) {
    return Fail(ErrorCode::kInvalid, "the archive's directory is damaged");
  }
  base::ByteReader in(file.subspan(central));
  for (size_t i = 0; i < entries; ++i) {
    bool is_header = in.Read<uint32_t>() == kCentralHeader;
    Entry entry = ReadCentralEntry(in);
    if (!is_header || !in.ok()) {
      return Fail(ErrorCode::kInvalid, "the archive's directory is damaged");
    }
    if (entry.name == name) return Contents(file, entry);
  }
  return Fail(ErrorCode::kNotFound, "the file's archive holds no ", name);
}

}  // namespace goldcrest::formats::tflite
