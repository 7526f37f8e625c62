#include "train/feature_cache.h"

#include <cstring>
#include <filesystem>

namespace goldcrest::train {
namespace {

constexpr std::string_view kMagic = "GCFEATR1";
constexpr size_t kHeader = 32;  // magic, key, width
constexpr size_t kHashBytes = 16;

uint64_t WordAt(std::span<const std::byte> bytes, size_t at) {
  uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof(word));
  return word;
}

template <class T>
void Put(std::vector<std::byte>& bytes, const T& value) {
  const auto* from = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), from, from + sizeof(value));
}

}  // namespace

Result<FeatureCache> FeatureCache::Open(const std::string& folder, const data::ContentHash& key,
                                        int64_t width) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return Fail(ErrorCode::kIo, "the folder ", folder, " cannot be made: ", error.message(),
                "; name another with --cache, or leave it out with --no-cache");
  }
  FeatureCache cache;
  cache.path_ = base::Cat(folder, "/features-", data::ToString(key), ".bin");
  cache.key_ = key;
  cache.width_ = static_cast<size_t>(width);
  if (std::filesystem::exists(cache.path_, error)) {
    GOLDCREST_TRY(cache.file_, base::MappedFile::Open(cache.path_));
    cache.ReadRows();
  }
  return cache;
}

void FeatureCache::ReadRows() {
  const std::span<const std::byte> bytes = file_->bytes();
  const size_t row = kHashBytes + width_ * sizeof(float);
  const bool whole = bytes.size() >= kHeader && (bytes.size() - kHeader) % row == 0 &&
                     std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0 &&
                     WordAt(bytes, 8) == key_.low && WordAt(bytes, 16) == key_.high &&
                     WordAt(bytes, 24) == width_;
  if (!whole) {
    file_.reset();
    return;
  }
  for (size_t at = kHeader; at < bytes.size(); at += row) {
    rows_[{WordAt(bytes, at), WordAt(bytes, at + 8)}] =
        reinterpret_cast<const float*>(bytes.data() + at + kHashBytes);
  }
}

std::optional<std::span<const float>> FeatureCache::Find(const data::ContentHash& picture) const {
  const auto found = rows_.find(picture);
  if (found == rows_.end()) return std::nullopt;
  return std::span(found->second, width_);
}

void FeatureCache::Add(const data::ContentHash& picture, std::span<const float> features) {
  added_.emplace_back(picture, std::vector<float>(features.begin(), features.end()));
}

Status FeatureCache::Save() {
  if (added_.empty()) return {};
  std::vector<std::byte> bytes;
  if (file_ != nullptr) {
    bytes.assign(file_->bytes().begin(), file_->bytes().end());
  } else {
    for (char c : kMagic) bytes.push_back(static_cast<std::byte>(c));
    Put(bytes, key_.low);
    Put(bytes, key_.high);
    Put(bytes, static_cast<uint64_t>(width_));
  }
  for (const auto& [picture, features] : added_) {
    Put(bytes, picture.low);
    Put(bytes, picture.high);
    const auto* from = reinterpret_cast<const std::byte*>(features.data());
    bytes.insert(bytes.end(), from, from + features.size() * sizeof(float));
  }
  added_.clear();
  return base::WriteFile(path_, bytes);
}

}  // namespace goldcrest::train
