#include "net/fetch.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "net/address.h"
#include "net/curl.h"

namespace goldcrest::net {
namespace {

// What the callbacks of one transfer know.
struct Transfer {
  const FetchLimits& limits;
  std::string bytes;
  size_t header_bytes = 0;
  bool too_large = false;
  bool private_address = false;
};

size_t TakeBytes(char* bytes, size_t size, size_t count, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  if (size * count > transfer.limits.most_bytes - transfer.bytes.size()) {
    transfer.too_large = true;
    return 0;
  }
  transfer.bytes.append(bytes, size * count);
  return size * count;
}

size_t CountHeader(char*, size_t size, size_t count, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  transfer.header_bytes += size * count;
  transfer.too_large |= transfer.header_bytes > kMostHeaderBytes;
  return transfer.too_large ? 0 : size * count;
}

curl_socket_t OpenSocket(void* data, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(data);
  if (!transfer.limits.private_addresses && !IsPublic(address->addr)) {
    transfer.private_address = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void SetOptions(CURL* curl, Transfer& transfer) {
  const FetchLimits& limits = transfer.limits;
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.seconds * 1000));
  curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits.most_bytes));
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, TakeBytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, CountHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer);
}

std::unexpected<Error> Failure(CURL* curl, CURLcode code, const Transfer& transfer,
                               const char* message) {
  const FetchLimits& limits = transfer.limits;
  if (transfer.private_address) {
    return Fail(ErrorCode::kLimit,
                "its host is this machine or in a private network; if you trust the list, allow it "
                "with --allow-private-addresses");
  }
  if (transfer.too_large || code == CURLE_FILESIZE_EXCEEDED) {
    return Fail(ErrorCode::kLimit, "it is larger than ", base::Bytes(limits.most_bytes));
  }
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Fail(ErrorCode::kLimit, "it took longer than ", limits.seconds, " s");
    case CURLE_TOO_MANY_REDIRECTS:
      return Fail(ErrorCode::kLimit, "it redirects more than ", limits.redirects, " times");
    case CURLE_HTTP_RETURNED_ERROR: {
      long answer = 0;
      curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
      return Fail(ErrorCode::kNotFound, "the server answered ", answer);
    }
    case CURLE_PARTIAL_FILE:
      return Fail(ErrorCode::kIo, "the server ended before all that it announced had come");
    default:
      return Fail(ErrorCode::kIo, *message != 0 ? message : curl_easy_strerror(code));
  }
}

}  // namespace

bool IsUrl(std::string_view text) {
  auto begins = [&](std::string_view scheme) {
    return text.size() > scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) {
             return a == std::tolower(static_cast<unsigned char>(b));
           });
  };
  return begins("http://") || begins("https://");
}

Result<std::string> Fetch(const std::string& url, const FetchLimits& limits) {
  std::array<char, CURL_ERROR_SIZE> message = {};
  const CurlHandle curl = MakeCurlHandle(url.c_str(), limits.redirects, message.data());
  if (!curl) return Fail(ErrorCode::kIo, "libcurl cannot be used");
  Transfer transfer{.limits = limits};
  SetOptions(curl.get(), transfer);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return Failure(curl.get(), code, transfer, message.data());
  if (transfer.bytes.empty()) return Fail(ErrorCode::kInvalid, "the server gave nothing");
  return std::move(transfer.bytes);
}

}  // namespace goldcrest::net
