#include "runtime/weight_cache.h"

#include <algorithm>

#include "base/hash.h"
#include "base/strings.h"

namespace goldcrest::runtime {
namespace {

constexpr uint64_t kMagic = 0x3145484341434347;  // "GCCACHE1"
constexpr uint64_t kMostEntries = 1 << 16;

}  // namespace

WeightCache::WeightCache(std::string path) : path_(std::move(path)) {
  auto file = base::MappedFile::Open(path_);
  if (!file) return;
  file_ = std::move(*file);
  const std::span<const std::byte> bytes = file_->bytes();
  if (bytes.size() < sizeof(Header)) return;
  const auto& header = *reinterpret_cast<const Header*>(bytes.data());
  const uint64_t most = (bytes.size() - sizeof(Header)) / sizeof(Entry);
  if (header.magic != kMagic || header.entries > std::min(most, kMostEntries)) return;
  entries_ = {reinterpret_cast<const Entry*>(&header + 1), header.entries};
  uint64_t hash = kMagic;
  for (const Entry& entry : entries_) hash = base::HashOf(hash, entry);
  if (hash != header.hash) entries_ = {};
}

tensor::SharedBytes WeightCache::Find(uint64_t key, size_t size) {
  const auto entry = std::ranges::find(entries_, key, &Entry::key);
  if (entry == entries_.end() || entry->size != size || entry->offset % base::kAlignment != 0) {
    return {};
  }
  const std::span<const std::byte> bytes = file_->bytes();
  if (entry->offset > bytes.size() || size > bytes.size() - entry->offset) return {};
  const auto packed = bytes.subspan(entry->offset, size);
  if (base::Hash(key, packed) != entry->hash) return {};
  tensor::SharedBytes found(file_, packed);
  Use(*entry, found);
  return found;
}

void WeightCache::Keep(uint64_t key, const tensor::SharedBytes& packed) {
  const std::span<const std::byte> bytes = packed.bytes();
  Use({key, 0, bytes.size(), base::Hash(key, bytes)}, packed);
  const std::lock_guard lock(mutex_);
  missed_ = true;
}

void WeightCache::Use(const Entry& entry, const tensor::SharedBytes& packed) {
  const std::lock_guard lock(mutex_);
  used_.push_back({entry, packed});
}

void WeightCache::Save(std::vector<std::string>& notes) {
  if (!missed_) return;
  const Status written = Write();
  const char* said = !written           ? "packed weights are not kept: "
                     : file_ == nullptr ? "packed weights are kept in "
                                        : "packed weights that were damaged, or of another model, "
                                          "machine, version or option, are written anew to ";
  notes.push_back(base::Cat(said, written ? path_ : written.error().ToString()));
}

Status WeightCache::Write() {
  Header header{kMagic, used_.size(), kMagic, {}};
  size_t end = sizeof(Header) + used_.size() * sizeof(Entry);
  for (Weights& weights : used_) {
    weights.entry.offset = base::AlignUp(end);
    end = weights.entry.offset + weights.entry.size;
    header.hash = base::HashOf(header.hash, weights.entry);
  }
  GOLDCREST_TRY(base::AtomicFile file, base::AtomicFile::Create(path_));
  end = 0;
  auto write = [&](std::span<const std::byte> bytes) {
    end += bytes.size();
    return file.Write(bytes);
  };
  GOLDCREST_RETURN_IF_ERROR(write(std::as_bytes(std::span(&header, 1))));
  for (const Weights& weights : used_) {
    GOLDCREST_RETURN_IF_ERROR(write(std::as_bytes(std::span(&weights.entry, 1))));
  }
  for (const Weights& weights : used_) {
    constexpr std::byte kGap[base::kAlignment] = {};
    GOLDCREST_RETURN_IF_ERROR(write(std::span(kGap).first(weights.entry.offset - end)));
    GOLDCREST_RETURN_IF_ERROR(write(weights.bytes.bytes()));
  }
  return file.Commit();
}

}  // namespace goldcrest::runtime
