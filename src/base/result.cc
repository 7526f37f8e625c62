#include "base/result.h"

namespace goldcrest::base {

Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

std::unexpected<Error> FailWith(ErrorCode code, std::span<const Piece> pieces) {
  return std::unexpected(Error(code, Joined(pieces)));
}

std::string Error::ToString() const {
  std::string text;
  for (size_t i = context.size(); i-- > 0;) text += context[i] + " › ";
  text += message;
  // File names and names inside files come from strangers: an error stays on its one line.
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text;
}

}  // namespace goldcrest::base
