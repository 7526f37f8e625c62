#include "formats/tensorflow/sorted_table.h"

#include <cstring>
#include <functional>

#include "base/crc32c.h"
#include "base/file.h"
#include "formats/reading/varint.h"

namespace goldcrest::formats::tensorflow {
namespace {

using Bytes = std::span<const std::byte>;

constexpr size_t kFooterBytes = 48;
constexpr uint64_t kTableMagic = 0xdb4775248b80fb57;
constexpr size_t kTrailerBytes = 5;  // the kind of compression, and the checksum
constexpr size_t kMostEntries = size_t{1} << 20;
constexpr size_t kMostKeyBytes = size_t{64} << 20;

struct Handle {
  uint64_t offset = 0;
  uint64_t size = 0;
};

Result<Handle> ReadHandle(base::ByteReader& reader) {
  bool ok = true;
  Handle handle;
  handle.offset = reading::ReadVarint(reader, ok);
  handle.size = reading::ReadVarint(reader, ok);
  if (!ok) return Invalid("a block's place is cut off");
  return handle;
}

// The entries of a block, without its trailer.
Result<Bytes> BlockAt(Bytes file, const Handle& handle) {
  if (file.size() < kTrailerBytes || handle.offset > file.size() - kTrailerBytes ||
      handle.size > file.size() - kTrailerBytes - handle.offset) {
    return Invalid("a block lies at ", handle.offset, ", beyond the end of the file");
  }
  const auto size = static_cast<size_t>(handle.size);
  const Bytes block = file.subspan(static_cast<size_t>(handle.offset), size + kTrailerBytes);
  base::ByteReader trailer(block.subspan(size));
  const auto compression = trailer.Read<uint8_t>();
  const auto checksum = trailer.Read<uint32_t>();
  if (base::MaskedCrc32c(base::Crc32c(block.first(size + 1))) != checksum) {
    return Invalid("the block at ", handle.offset, " is damaged: its checksum differs");
  }
  if (compression == 1) {
    return Fail(ErrorCode::kUnsupported, "the block at ", handle.offset,
                " is compressed with Snappy; TensorFlow writes it uncompressed: save the model "
                "anew");
  }
  if (compression != 0) return Invalid("the block at ", handle.offset, " is compressed");
  return block.first(size);
}

// Calls `take` for each entry of a block.
Status ForEachEntry(Bytes block, size_t& key_bytes,
                    const std::function<Status(const std::string& key, Bytes value)>& take) {
  if (block.size() < sizeof(uint32_t)) return Invalid("a block is cut off");
  base::ByteReader end(block.last(sizeof(uint32_t)));
  const uint64_t restarts = end.Read<uint32_t>();
  const uint64_t tail = (restarts + 1) * sizeof(uint32_t);
  if (tail > block.size()) return Invalid("a block has ", restarts, " restarts");
  base::ByteReader reader(block.first(block.size() - static_cast<size_t>(tail)));
  std::string key;
  while (reader.left() > 0) {
    bool ok = true;
    const uint64_t shared = reading::ReadVarint(reader, ok);
    const uint64_t added = reading::ReadVarint(reader, ok);
    const uint64_t value_size = reading::ReadVarint(reader, ok);
    if (!ok || shared > key.size() || added > reader.left()) {
      return Invalid("an entry of a block is damaged");
    }
    key.resize(static_cast<size_t>(shared));
    key += base::AsText(reader.Take(static_cast<size_t>(added)));
    if (value_size > reader.left()) return Invalid("the value of '", key, "' is cut off");
    key_bytes += key.size();
    if (key_bytes > kMostKeyBytes) {
      return Fail(ErrorCode::kLimit, "the keys are longer than ", kMostKeyBytes, " bytes in all");
    }
    GOLDCREST_RETURN_IF_ERROR(take(key, reader.Take(static_cast<size_t>(value_size))));
  }
  return {};
}

}  // namespace

Result<std::map<std::string, Bytes, std::less<>>> ReadSortedTable(Bytes file) {
  if (file.size() < kFooterBytes) return Invalid("the index is cut off; get the file anew");
  base::ByteReader footer(file.last(kFooterBytes));
  base::ByteReader magic(file.last(sizeof(uint64_t)));
  if (magic.Read<uint64_t>() != kTableMagic) {
    return Invalid("the index is cut off, or is none of TensorFlow's; get the file anew");
  }
  GOLDCREST_TRY(const Handle unused, ReadHandle(footer));
  static_cast<void>(unused);
  GOLDCREST_TRY(const Handle index, ReadHandle(footer));
  GOLDCREST_TRY(const Bytes index_block, BlockAt(file, index));
  std::map<std::string, Bytes, std::less<>> entries;
  size_t key_bytes = 0;
  // Keys that do not rise are a block that is named twice, or a damaged one.
  auto take = [&](const std::string& key, Bytes value) -> Status {
    if (!entries.empty() && !(entries.rbegin()->first < key)) {
      return Invalid("the keys are not in order: '", key, "'");
    }
    if (entries.size() >= kMostEntries) return Fail(ErrorCode::kLimit, "too many keys");
    entries.emplace_hint(entries.end(), key, value);
    return {};
  };
  auto take_block = [&](const std::string&, Bytes handle_bytes) -> Status {
    base::ByteReader reader(handle_bytes);
    GOLDCREST_TRY(const Handle handle, ReadHandle(reader));
    GOLDCREST_TRY(const Bytes block, BlockAt(file, handle));
    return ForEachEntry(block, key_bytes, take);
  };
  GOLDCREST_RETURN_IF_ERROR(ForEachEntry(index_block, key_bytes, take_block));
  return entries;
}

}  // namespace goldcrest::formats::tensorflow
