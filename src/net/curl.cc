#include "net/curl.h"

namespace goldcrest::net {
namespace {

// Once in the life of the process, before the first transfer.
bool Initialized() {
  static const bool initialized = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return initialized;
}

}  // namespace

CurlHandle MakeCurlHandle(const char* url, int redirects, char* message) {
  CurlHandle handle(Initialized() ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (!handle) return handle;
  CURL* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, static_cast<long>(redirects));
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "goldcrest");
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
  return handle;
}

}  // namespace goldcrest::net
