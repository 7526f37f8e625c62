// What has come of a file, and how to ask for the rest.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace goldcrest::net {

class PartialFile {
 public:
  // Continues what is there of the URL, if it can be told which content that is; else empty. An
  // error where another process has it.
  static Result<PartialFile> Open(const std::string& path, const std::string& url);
  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&&) = delete;
  ~PartialFile();

  uint64_t size() const { return size_; }
  // Of the content that is there, a server's ETag or date; empty: none, so it cannot be continued.
  const std::string& validator() const { return validator_; }
  const std::string& path() const { return path_; }

  // Drops all that is there, for a content with this validator.
  Status Begin(const std::string& validator);
  Status Append(std::span<const std::byte> bytes);
  // Gives the file its name.
  Status Commit(const std::string& name);
  void Remove();

 private:
  PartialFile(int descriptor, std::string path, std::string url)
      : descriptor_(descriptor), path_(std::move(path)), url_(std::move(url)) {}
  std::string NotePath() const { return path_ + ".from"; }
  Error Refused(const char* what) const;

  int descriptor_;
  std::string path_;
  std::string url_;
  std::string validator_;
  uint64_t size_ = 0;
};

}  // namespace goldcrest::net
