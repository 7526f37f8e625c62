#include "net/download.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <memory>
#include <string_view>
#include <thread>

#include "base/file.h"
#include "net/curl.h"
#include "net/fetch.h"
#include "net/partial_file.h"

namespace goldcrest::net {
namespace {

constexpr long kOk = 200;
constexpr long kPartialContent = 206;
constexpr long kTimedOut = 408;
constexpr long kNoSuchRange = 416;
constexpr long kTooManyRequests = 429;
constexpr long kFirstOfServers = 500;  // of errors that are the server's own

// What the head of the last answer says.
struct Head {
  std::string etag;
  std::string date;
  std::optional<uint64_t> range_first;
  uint64_t range_total = 0;

  // By which the content can be asked for again. A weak ETag stands for several.
  std::string validator() const { return etag.empty() || etag.starts_with("W/") ? date : etag; }
};

// What the callbacks of one try know.
struct Try {
  const DownloadOptions& options;
  PartialFile& file;
  CURL* curl = nullptr;
  Head head;
  size_t header_bytes = 0;
  bool begun = false;
  bool too_large = false;
  bool changed = false;  // ranges of another content, or others than those asked for
  bool stalled = false;
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();  // something came
  Status status;
};

// A line of the head without its name, if it has that name.
std::optional<std::string_view> ValueOf(std::string_view line, std::string_view name) {
  const bool same = line.size() > name.size() && line[name.size()] == ':' &&
                    std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) {
                      return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b);
                    });
  if (!same) return std::nullopt;
  line.remove_prefix(name.size() + 1);
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' ')) {
    line.remove_suffix(1);
  }
  return line;
}

// "bytes 100-199/200"; the total may be "*".
void TakeRange(std::string_view text, Head& head) {
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return;
  text.remove_prefix(kUnit.size());
  uint64_t first = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), first);
  if (error != std::errc()) return;
  head.range_first = first;
  const size_t slash = text.find('/');
  if (slash == text.npos) return;
  const std::string_view total = text.substr(slash + 1);
  std::from_chars(total.data(), total.data() + total.size(), head.range_total);
}

size_t TakeHeader(char* bytes, size_t size, size_t count, void* data) {
  auto& transfer = *static_cast<Try*>(data);
  const std::string_view line(bytes, size * count);
  transfer.header_bytes += line.size();
  transfer.last = std::chrono::steady_clock::now();
  if (transfer.header_bytes > kMostHeaderBytes) {
    transfer.too_large = true;
    return 0;
  }
  // Redirects have heads too.
  if (line.starts_with("HTTP/")) transfer.head = {};
  if (auto etag = ValueOf(line, "etag")) transfer.head.etag = *etag;
  if (auto date = ValueOf(line, "last-modified")) transfer.head.date = *date;
  if (auto range = ValueOf(line, "content-range")) TakeRange(*range, transfer.head);
  return line.size();
}

uint64_t TotalOf(const Try& transfer) {
  if (transfer.head.range_total != 0) return transfer.head.range_total;
  curl_off_t length = -1;
  curl_easy_getinfo(transfer.curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  return length < 0 ? 0 : static_cast<uint64_t>(length);
}

// Once the head is known: whether what follows goes behind what is there, or in its place.
bool BeginContent(Try& transfer) {
  transfer.begun = true;
  long answer = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &answer);
  PartialFile& file = transfer.file;
  const std::string validator = transfer.head.validator();
  if (answer == kPartialContent && file.size() > 0) {
    transfer.changed = transfer.head.range_first != file.size() ||
                       (!validator.empty() && validator != file.validator());
  } else if (answer == kPartialContent) {
    transfer.changed = transfer.head.range_first != 0;
  } else {
    transfer.status = file.Begin(validator);
  }
  transfer.too_large = TotalOf(transfer) > transfer.options.most_bytes;
  return !transfer.changed && !transfer.too_large && transfer.status;
}

size_t TakeContent(char* bytes, size_t size, size_t count, void* data) {
  auto& transfer = *static_cast<Try*>(data);
  if (!transfer.begun && !BeginContent(transfer)) return 0;
  transfer.last = std::chrono::steady_clock::now();
  const std::string_view content(bytes, size * count);
  if (transfer.file.size() + content.size() > transfer.options.most_bytes) {
    transfer.too_large = true;
    return 0;
  }
  transfer.status = transfer.file.Append(base::AsBytes(content));
  if (!transfer.status) return 0;
  if (transfer.options.progress) {
    transfer.options.progress(transfer.file.size(), TotalOf(transfer));
  }
  return content.size();
}

// libcurl's own limit looks at the average of some seconds. Called at least once a second.
int EndStall(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Try*>(data);
  const std::chrono::duration<double> silent = std::chrono::steady_clock::now() - transfer.last;
  transfer.stalled = silent.count() > transfer.options.stall_seconds;
  return transfer.stalled ? 1 : 0;
}

// How a try ended that has not brought the rest.
struct Ending {
  Error error;
  bool may_pass = false;    // it may go better another time
  double wait_seconds = 0;  // that the server asks for
};

Ending EndingOf(const Try& transfer, CURLcode code, const char* message) {
  const DownloadOptions& options = transfer.options;
  if (!transfer.status) return {transfer.status.error()};
  if (transfer.too_large || code == CURLE_FILESIZE_EXCEEDED) {
    return {Fail(ErrorCode::kLimit, "it is larger than ", base::Bytes(options.most_bytes),
                 "; allow more with --max-size")
                .error()};
  }
  if (transfer.changed) {
    return {Fail(ErrorCode::kIo, "the file has changed on the server").error(), true};
  }
  if (transfer.stalled || code == CURLE_OPERATION_TIMEDOUT) {
    return {Fail(ErrorCode::kIo, "nothing came for ", options.stall_seconds, " s").error(), true};
  }
  long answer = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &answer);
  switch (code) {
    case CURLE_HTTP_RETURNED_ERROR: {
      const bool may_pass = answer == kTimedOut || answer == kNoSuchRange ||
                            answer == kTooManyRequests || answer >= kFirstOfServers;
      curl_off_t wait = 0;
      curl_easy_getinfo(transfer.curl, CURLINFO_RETRY_AFTER, &wait);
      return {Fail(ErrorCode::kNotFound, "the server answered ", answer).error(), may_pass,
              static_cast<double>(wait)};
    }
    case CURLE_PARTIAL_FILE:
      return {
          Fail(ErrorCode::kIo, "the server ended before all that it announced had come").error(),
          true};
    case CURLE_TOO_MANY_REDIRECTS:
      return {
          Fail(ErrorCode::kLimit, "it redirects more than ", options.redirects, " times").error()};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return {Fail(ErrorCode::kIo, *message != 0 ? message : curl_easy_strerror(code)).error()};
    default:
      return {Fail(ErrorCode::kIo, *message != 0 ? message : curl_easy_strerror(code)).error(),
              true};
  }
}

using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

HeaderList HeadersFor(const PartialFile& file) {
  HeaderList headers(nullptr, curl_slist_free_all);
  if (file.size() == 0) return headers;
  for (const std::string& header :
       {base::Cat("Range: bytes=", file.size(), "-"), base::Cat("If-Range: ", file.validator())}) {
    headers.reset(curl_slist_append(headers.release(), header.c_str()));
  }
  return headers;
}

// Nothing where all of it has come.
std::optional<Ending> Attempt(const std::string& url, PartialFile& file,
                              const DownloadOptions& options) {
  constexpr double kMilliseconds = 1000;
  std::array<char, CURL_ERROR_SIZE> message = {};
  const CurlHandle handle = MakeCurlHandle(url.c_str(), options.redirects, message.data());
  if (!handle) return Ending{Fail(ErrorCode::kIo, "libcurl cannot be used").error()};
  CURL* curl = handle.get();
  Try transfer{.options = options, .file = file, .curl = curl};
  const HeaderList headers = HeadersFor(file);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.stall_seconds * kMilliseconds));
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, EndStall);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
  if (!options.proxy.empty()) {
    curl_easy_setopt(curl, CURLOPT_PROXY, options.proxy == "none" ? "" : options.proxy.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, TakeContent);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  const CURLcode code = curl_easy_perform(curl);
  long answer = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  // A range that begins at the end, or content that is not what it was: all of it anew.
  if (answer == kNoSuchRange || transfer.changed) transfer.status = file.Begin("");
  if (code != CURLE_OK) return EndingOf(transfer, code, message.data());
  if (!transfer.begun && answer == kOk) transfer.status = file.Begin("");
  if (!transfer.status) return Ending{transfer.status.error()};
  return std::nullopt;
}

// All of it, after as many tries as it takes.
Status Complete(const std::string& url, PartialFile& file, const DownloadOptions& options,
                int& tries) {
  constexpr double kLongestPause = 60;
  double pause = options.pause_seconds;
  for (int left = options.retries;; --left) {
    ++tries;
    const std::optional<Ending> ending = Attempt(url, file, options);
    if (!ending) return {};
    // What cannot be continued is of no use.
    const bool keeps = file.size() > 0 && !file.validator().empty();
    if (!keeps && (!ending->may_pass || left <= 0)) file.Remove();
    if (!ending->may_pass || left <= 0) {
      Error error = ending->error;
      if (tries > 1) error.message += base::Cat(", at try ", tries);
      if (keeps && ending->may_pass) {
        error.message += base::Cat("; ", base::Bytes(file.size()), " are kept in ", file.path(),
                                   ": the same command goes on from there");
      }
      return std::unexpected(std::move(error));
    }
    const double wait = std::min(std::max(pause, ending->wait_seconds), kLongestPause);
    if (options.note) {
      options.note(base::Cat(ending->error.message, "; try ", tries + 1, " follows in ", wait,
                             " s, from ", base::Bytes(keeps ? file.size() : 0), " on"));
    }
    if (!keeps) GOLDCREST_RETURN_IF_ERROR(file.Begin(""));
    std::this_thread::sleep_for(std::chrono::duration<double>(wait));
    pause *= 2;
  }
}

Result<Digest> DigestOfFile(DigestKind kind, const std::string& path) {
  GOLDCREST_TRY(const auto mapped, base::MappedFile::Open(path));
  return DigestOf(kind, mapped->bytes());
}

// Whether the file is there and has the digest.
bool IsThere(const std::string& path, const Digest& digest) {
  const auto found = DigestOfFile(digest.kind, path);
  return found && *found == digest;
}

Status Judge(const PartialFile& file, const DownloadOptions& options) {
  if (file.size() == 0) return Invalid("the server gave nothing");
  if (options.digest) {
    GOLDCREST_TRY(const Digest found, DigestOfFile(options.digest->kind, file.path()));
    if (found != *options.digest) {
      return Invalid("its ", NameOf(found.kind), " is ", found.hex, ", not ", options.digest->hex,
                     ": it is damaged, or not what it is said to be; nothing was kept");
    }
  }
  return options.accept ? options.accept(file.path()) : Status();
}

}  // namespace

Result<Downloaded> Download(const std::string& url, const std::string& path,
                            const DownloadOptions& options) {
  if (!IsUrl(url)) return Fail(ErrorCode::kUsage, "'", url, "' is no http:// or https:// address");
  Downloaded downloaded;
  if (!options.digest || !IsThere(path, *options.digest)) {
    GOLDCREST_TRY(PartialFile file, PartialFile::Open(path + ".part", url));
    if (file.size() == 0) GOLDCREST_RETURN_IF_ERROR(file.Begin(""));
    downloaded.resumed_from = file.size();
    GOLDCREST_RETURN_IF_ERROR(Complete(url, file, options, downloaded.tries));
    Status judged = Judge(file, options);
    if (!judged && downloaded.resumed_from > 0) {
      // What was there before may have been the damaged part.
      if (options.note) options.note(judged.error().message + "; all of it is fetched anew");
      downloaded.resumed_from = 0;
      GOLDCREST_RETURN_IF_ERROR(file.Begin(""));
      GOLDCREST_RETURN_IF_ERROR(Complete(url, file, options, downloaded.tries));
      judged = Judge(file, options);
    }
    if (!judged) {
      file.Remove();
      return std::unexpected(judged.error());
    }
    GOLDCREST_RETURN_IF_ERROR(file.Commit(path));
  }
  GOLDCREST_TRY(const auto mapped, base::MappedFile::Open(path));
  downloaded.bytes = mapped->bytes().size();
  downloaded.sha256 = DigestOf(DigestKind::kSha256, mapped->bytes()).hex;
  return downloaded;
}

}  // namespace goldcrest::net
