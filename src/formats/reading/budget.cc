#include "formats/reading/budget.h"

#include <algorithm>
#include <limits>

namespace goldcrest::formats::reading {

void Budget::AddFile(size_t bytes) {
  constexpr size_t kTimes = 4;  // read, turned, changed, and room
  left_ += kTimes * std::min(bytes, (std::numeric_limits<size_t>::max() - left_) / kTimes);
}

Status Budget::Take(size_t bytes) {
  if (bytes > left_) {
    return Fail(ErrorCode::kLimit, "the constants are far larger than the file that holds them");
  }
  left_ -= bytes;
  return {};
}

}  // namespace goldcrest::formats::reading
