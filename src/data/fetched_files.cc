#include "data/fetched_files.h"

#include <filesystem>
#include <optional>

#include "base/file.h"
#include "data/content_hash.h"
#include "decode/decode.h"

namespace goldcrest::data {
namespace {

namespace fs = std::filesystem;

std::string HexOf(const ContentHash& hash) {
  std::string text;
  for (const uint64_t word : {hash.high, hash.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[word >> shift & 15];
  }
  return text;
}

std::string HexOf(std::string_view text) { return HexOf(HashOf(base::AsBytes(text))); }

std::optional<std::string> ReadSmall(const fs::path& path) {
  const auto file = base::MappedFile::Open(path.string());
  if (!file) return std::nullopt;
  return std::string(base::AsText((*file)->bytes()));
}

// Whether a file has the content that its name says.
bool IsWhole(const fs::path& path) {
  const auto file = base::MappedFile::Open(path.string());
  return file && HexOf(HashOf((*file)->bytes())) == path.filename();
}

}  // namespace

Result<std::string> FetchedFiles::PathOf(const std::string& url) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto failed = failed_.find(url); failed != failed_.end()) {
      return std::unexpected(failed->second);
    }
  }
  Result<std::string> path = Get(url);
  if (!path) {
    const std::lock_guard lock(mutex_);
    failed_.emplace(url, path.error());
  }
  return path;
}

Result<std::string> FetchedFiles::Get(const std::string& url) const {
  if (options_.cache_folder.empty()) {
    return Fail(ErrorCode::kIo, "there is no folder to keep it in; set XDG_CACHE_HOME to one");
  }
  const fs::path folder = fs::path(options_.cache_folder) / "fetched";
  const fs::path note = folder / (HexOf(url) + ".url");
  // The first line is the name of the content, the second the URL.
  if (const std::optional<std::string> known = ReadSmall(note)) {
    const size_t end = known->find('\n');
    const bool same = end != known->npos && known->substr(end + 1) == url + "\n";
    const bool plain = known->substr(0, end).find('/') == known->npos;
    if (same && plain && IsWhole(folder / known->substr(0, end))) {
      return (folder / known->substr(0, end)).string();
    }
  }
  GOLDCREST_TRY(const std::string bytes, net::Fetch(url, options_.limits));
  if (!decode::IsPicture(base::AsBytes(bytes))) {
    return Fail(ErrorCode::kUnsupported, "what it gives is no JPEG, PNG or BMP picture");
  }
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Fail(ErrorCode::kIo, "making ", folder.string(), ": ", error.message());
  const fs::path content = folder / HexOf(bytes);
  if (!IsWhole(content)) {
    GOLDCREST_RETURN_IF_ERROR(base::WriteFile(content.string(), base::AsBytes(bytes)));
  }
  const std::string text = base::Cat(content.filename().string(), "\n", url, "\n");
  GOLDCREST_RETURN_IF_ERROR(base::WriteFile(note.string(), base::AsBytes(text)));
  return content.string();
}

}  // namespace goldcrest::data
