// What all transfers have in common.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>

namespace goldcrest::net {

inline constexpr size_t kMostHeaderBytes = 1 << 20;  // of all answers of a transfer

using CurlHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

// A handle that reads http and https only, through at most `redirects` redirects, fails where the
// server answers with an error, and writes what went wrong to `message`, of CURL_ERROR_SIZE. Null
// where libcurl cannot be used.
CurlHandle MakeCurlHandle(const char* url, int redirects, char* message);

}  // namespace goldcrest::net
