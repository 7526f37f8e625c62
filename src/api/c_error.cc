#include "api/c_error.h"

#include <algorithm>
#include <span>

namespace goldcrest::api {
namespace {

goldcrest_code CodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return GOLDCREST_INVALID;
    case ErrorCode::kNotFound:
      return GOLDCREST_NOT_FOUND;
    case ErrorCode::kUnsupported:
      return GOLDCREST_UNSUPPORTED;
    case ErrorCode::kUsage:
      return GOLDCREST_USAGE;
    case ErrorCode::kIo:
      return GOLDCREST_IO;
    case ErrorCode::kLimit:
      return GOLDCREST_LIMIT;
    case ErrorCode::kInterrupted:  // of programs only
      break;
  }
  return GOLDCREST_INTERNAL;
}

bool ContinuesCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Copies `text`, its middle left out where it does not fit; no character of UTF-8 is cut.
void CopyMessage(std::string_view text, std::span<char> to) noexcept {
  constexpr std::string_view kGap = " ... ";
  const size_t room = to.size() - 1;
  size_t head = text.size();
  size_t tail = text.size();
  if (text.size() > room) {
    head = (room - kGap.size()) / 2;
    tail = text.size() - (room - kGap.size() - head);
    while (head > 0 && ContinuesCharacter(text[head])) --head;
    while (tail < text.size() && ContinuesCharacter(text[tail])) ++tail;
  }
  char* end = std::ranges::copy(text.substr(0, head), to.data()).out;
  if (head < text.size()) end = std::ranges::copy(kGap, end).out;
  *std::ranges::copy(text.substr(tail), end).out = '\0';
}

}  // namespace

goldcrest_code Report(goldcrest_code code, std::string_view message,
                      goldcrest_error* error) noexcept {
  if (error != nullptr) {
    error->code = code;
    CopyMessage(message, error->message);
  }
  return code;
}

goldcrest_code Report(const Error& failure, goldcrest_error* error) {
  return Report(CodeOf(failure.code), failure.ToString(), error);
}

Status ExpectGiven(const void* pointer, const char* what) {
  if (pointer != nullptr) return {};
  return Fail(ErrorCode::kUsage, what, " is null");
}

}  // namespace goldcrest::api
