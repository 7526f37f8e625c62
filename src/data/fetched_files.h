// Pictures from the web, fetched once.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/cache_folder.h"
#include "net/fetch.h"

namespace goldcrest::data {

struct FetchOptions {
  net::FetchLimits limits;
  // What was fetched is kept below it, without end.
  std::string cache_folder = base::CacheFolder();
};

// In `<cache folder>/fetched`, <hash of a URL>.url says what the URL gave, and <hash of the
// content> has it, once for all URLs that gave the same. A file that is not what its name says is
// fetched anew. What does not begin as a picture is an error, and not kept.
class FetchedFiles {
 public:
  explicit FetchedFiles(FetchOptions options) : options_(std::move(options)) {}

  // The path of what the URL gives; fetched where it was not before. From any number of threads at
  // once. A URL that failed fails again, without another try. Errors do not name the URL.
  Result<std::string> PathOf(const std::string& url) const;

 private:
  Result<std::string> Get(const std::string& url) const;

  FetchOptions options_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Error, std::less<>> failed_;
};

}  // namespace goldcrest::data
