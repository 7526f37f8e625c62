#include "train/feature_cache.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>

namespace goldcrest::train {
namespace {

constexpr std::string_view kMagic = "GCFEATR1";
constexpr size_t kHeader = 32;  // magic, key, width
constexpr size_t kHashBytes = 16;
constexpr size_t kMostInMemory = size_t{1} << 20;  // bytes of the file at a time
constexpr size_t kAtOnce = size_t{1} << 16;        // that the system brings in for one byte

uint64_t WordAt(std::span<const std::byte> bytes, size_t at) {
  uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof(word));
  return word;
}

}  // namespace

Status FeatureCache::MakeFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::string reason = error ? error.message() : "";
  if (!error) {
    const auto file = base::AtomicFile::Create(base::Cat(folder, "/features"));
    if (file) return {};
    reason = file.error().ToString();
  }
  return Fail(ErrorCode::kIo, "the folder ", folder, " cannot be ",
              error ? "made: " : "used: ", reason,
              "; name another with --cache, or leave it out with --no-cache");
}

Result<FeatureCache> FeatureCache::Open(const std::string& folder, const data::ContentHash& key,
                                        int64_t width) {
  GOLDCREST_RETURN_IF_ERROR(MakeFolder(folder));
  FeatureCache cache;
  cache.path_ = base::Cat(folder, "/features-", data::ToString(key), ".bin");
  cache.key_ = key;
  cache.width_ = static_cast<size_t>(width);
  if (std::error_code ignored; std::filesystem::exists(cache.path_, ignored)) {
    GOLDCREST_TRY(cache.file_, base::MappedFile::Open(cache.path_));
    cache.FindRows();
  }
  return cache;
}

size_t FeatureCache::RowBytes() const { return kHashBytes + width_ * sizeof(float); }

void FeatureCache::FindRows() {
  const std::span<const std::byte> bytes = file_->bytes();
  const bool whole = bytes.size() >= kHeader && (bytes.size() - kHeader) % RowBytes() == 0 &&
                     std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0 &&
                     WordAt(bytes, 8) == key_.low && WordAt(bytes, 16) == key_.high &&
                     WordAt(bytes, 24) == width_;
  if (!whole) {
    file_.reset();
    return;
  }
  rows_.reserve((bytes.size() - kHeader) / RowBytes());
  for (size_t at = kHeader; at < bytes.size(); at += RowBytes()) {
    rows_.push_back({{WordAt(bytes, at), WordAt(bytes, at + 8)}, at});
    if ((rows_.size() * RowBytes()) % kMostInMemory < RowBytes()) file_->Release(bytes);
  }
  file_->Release(bytes);
  std::ranges::sort(rows_, {}, &Row::picture);
}

bool FeatureCache::Read(const data::ContentHash& picture, std::span<float> features) {
  const auto row = std::ranges::lower_bound(rows_, picture, {}, &Row::picture);
  if (row == rows_.end() || row->picture != picture) return false;
  const std::span<std::byte> to = std::as_writable_bytes(features);
  std::memcpy(to.data(), file_->bytes().data() + row->at + kHashBytes, to.size());
  read_ += std::max(RowBytes(), kAtOnce);
  if (read_ > kMostInMemory) {
    file_->Release(file_->bytes());
    read_ = 0;
  }
  return true;
}

Status FeatureCache::Save(
    std::span<const data::ContentHash> pictures,
    const std::function<Status(size_t index, std::span<float> features)>& read) const {
  if (pictures.empty()) return {};
  GOLDCREST_TRY(base::AtomicFile file, base::AtomicFile::Create(path_));
  if (file_ == nullptr) {
    const std::array<uint64_t, 3> words = {key_.low, key_.high, static_cast<uint64_t>(width_)};
    GOLDCREST_RETURN_IF_ERROR(file.Write(base::AsBytes(kMagic)));
    GOLDCREST_RETURN_IF_ERROR(file.Write(std::as_bytes(std::span(words))));
  } else {
    const std::span<const std::byte> before = file_->bytes();
    for (size_t at = 0; at < before.size(); at += kMostInMemory) {
      const auto part = before.subspan(at, std::min(kMostInMemory, before.size() - at));
      GOLDCREST_RETURN_IF_ERROR(file.Write(part));
      file_->Release(part);
    }
  }
  std::vector<float> features(width_);
  std::vector<std::byte> waiting;
  for (size_t i = 0; i < pictures.size(); ++i) {
    GOLDCREST_RETURN_IF_ERROR(read(i, features));
    const std::array<uint64_t, 2> words = {pictures[i].low, pictures[i].high};
    const std::array<std::span<const std::byte>, 2> parts = {std::as_bytes(std::span(words)),
                                                             std::as_bytes(std::span(features))};
    for (const auto& part : parts) waiting.insert(waiting.end(), part.begin(), part.end());
    if (waiting.size() < kMostInMemory && i + 1 < pictures.size()) continue;
    GOLDCREST_RETURN_IF_ERROR(file.Write(waiting));
    waiting.clear();
  }
  return file.Commit();
}

}  // namespace goldcrest::train
