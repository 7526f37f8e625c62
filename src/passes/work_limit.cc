#include "passes/work_limit.h"

#include <algorithm>
#include <set>

namespace goldcrest::passes {

WorkLimit::WorkLimit(const graph::Graph& graph) {
  constexpr size_t kFree = size_t{16} << 20;
  constexpr size_t kTimes = 16;
  constexpr size_t kMost = size_t{2} << 30;
  size_t bytes = 0;
  std::set<const std::byte*> counted;  // several values may share a constant
  for (const graph::Value& value : graph.values) {
    if (!value.constant || !counted.insert(value.constant->bytes().data()).second) continue;
    bytes = std::min(bytes + value.constant->bytes().size(), kMost);
  }
  left_ = std::min(kFree + kTimes * bytes, kMost);
}

bool WorkLimit::Take(size_t bytes) {
  if (bytes > left_) return false;
  left_ -= bytes;
  return true;
}

}  // namespace goldcrest::passes
