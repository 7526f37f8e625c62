// Files from the web, through libcurl.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace goldcrest::net {

struct FetchLimits {
  uint64_t most_bytes = uint64_t{64} << 20;
  double seconds = 30;  // from the name's look-up to the last byte, with all redirects
  int redirects = 5;
  // Hosts of this machine and of private networks too (address.h): a list of a stranger could
  // otherwise ask what only we can reach.
  bool private_addresses = false;
};

// http:// or https://, in any case.
bool IsUrl(std::string_view text);

// What the URL gives, unpacked as it comes. Names are looked up and every address is judged at the
// moment of the connection, after a redirect too; proxies are not used. Certificates are checked.
// An error where the server answers with one, ends before all that it announced, or gives nothing.
Result<std::string> Fetch(const std::string& url, const FetchLimits& limits);

}  // namespace goldcrest::net
