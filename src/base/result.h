// Errors as values. Whatever a file, a device or a user can cause is a Result; CHECK (check.h) is
// for our own bugs only.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"

namespace goldcrest {
namespace base {

enum class ErrorCode {
  kInvalid,      // the input contradicts itself or its format
  kNotFound,     // a file, a layer, a name that is not there
  kUnsupported,  // legal, but more than we read, run or write
  kUsage,        // the caller asked for something that makes no sense (exit code 2)
  kIo,           // the operating system refused
  kLimit,        // larger than a limit allows
  kInterrupted,  // a signal asked for the end
};

struct Error {
  Error() = default;
  Error(ErrorCode kind, std::string text) : code(kind), message(std::move(text)) {}
  // Not inline: errors are moved in many places.
  Error(const Error& other);
  Error(Error&& other) noexcept;
  Error& operator=(const Error& other);
  Error& operator=(Error&& other) noexcept;
  ~Error();

  ErrorCode code = ErrorCode::kInvalid;
  std::string message;
  std::vector<std::string> context;  // innermost first; each layer may add one line

  // "outermost context › … › message", on one line.
  std::string ToString() const;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

std::unexpected<Error> FailWith(ErrorCode code, std::span<const Piece> pieces);

// return Fail(ErrorCode::kInvalid, "filter has ", n, " dimensions, 4 expected");
template <class... Parts>
std::unexpected<Error> Fail(ErrorCode code, const Parts&... parts) {
  return FailWith(code, std::array<Piece, sizeof...(Parts)>{Piece(parts)...});
}

// The same for ErrorCode::kInvalid.
template <class... Parts>
std::unexpected<Error> Invalid(const Parts&... parts) {
  return Fail(ErrorCode::kInvalid, parts...);
}

// Adds a line of context to a failed result and passes a good one on.
template <class T>
std::expected<T, Error> Within(std::string context, std::expected<T, Error> result) {
  if (!result) result.error().context.push_back(std::move(context));
  return result;
}

}  // namespace base

using base::Error;
using base::ErrorCode;
using base::Fail;
using base::Invalid;
using base::Result;
using base::Status;
using base::Within;

}  // namespace goldcrest

#define GOLDCREST_JOIN_INNER(a, b) a##b
#define GOLDCREST_JOIN(a, b) GOLDCREST_JOIN_INNER(a, b)

// GOLDCREST_TRY(auto graph, ReadModel(path)); returns the error or declares the value.
#define GOLDCREST_TRY(declaration, ...)                                        \
  auto GOLDCREST_JOIN(try_, __LINE__) = (__VA_ARGS__);                         \
  if (!GOLDCREST_JOIN(try_, __LINE__))                                         \
    return std::unexpected(std::move(GOLDCREST_JOIN(try_, __LINE__).error())); \
  declaration = *std::move(GOLDCREST_JOIN(try_, __LINE__))

// The same for a Status.
#define GOLDCREST_RETURN_IF_ERROR(...)                                                           \
  do {                                                                                           \
    if (auto status = (__VA_ARGS__); !status) return std::unexpected(std::move(status.error())); \
  } while (false)
