// Large files from the web, which go on where they were cut off.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/digest.h"

namespace goldcrest::net {

struct DownloadOptions {
  uint64_t most_bytes = uint64_t{1} << 30;
  double stall_seconds = 30;  // without a byte, or until a server is reached
  int retries = 5;            // after what may pass: cuts, stalls, servers that are busy
  double pause_seconds = 1;   // before the first retry; then each time twice as long
  int redirects = 5;
  std::string proxy;             // empty: as the environment says it to curl; "none": none
  std::optional<Digest> digest;  // what the file must have
  // Judges the file before it gets its name; the path is temporary.
  std::function<Status(const std::string& path)> accept;
  std::function<void(uint64_t done, uint64_t total)> progress;  // a total of 0 is not known
  std::function<void(const std::string& note)> note;            // of retries
};

struct Downloaded {
  uint64_t bytes = 0;
  uint64_t resumed_from = 0;  // bytes that were there before the first try
  int tries = 0;              // 0: the file was there, with the digest
  std::string sha256;
};

// Writes what the URL gives to `path`. Until all of it is there it is called `path`.part; that file
// stays where the work ends early, with `path`.part.from, which says of which content of which URL
// it is. The next try, of this call or a later one, then asks for the rest (Range, If-Range), and
// begins anew where the server has no ranges or another content by now. Servers that give neither
// an ETag nor a date are asked for all of it again. What does not have the digest, or is not
// accepted, is removed. Two processes at a time get an error. Certificates are checked; any address
// is asked, for the URL is the user's own.
Result<Downloaded> Download(const std::string& url, const std::string& path,
                            const DownloadOptions& options);

}  // namespace goldcrest::net
