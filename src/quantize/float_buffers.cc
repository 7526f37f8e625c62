#include "quantize/float_buffers.h"

#include <algorithm>
#include <iterator>
#include <new>

namespace goldcrest::quantize {
namespace {

constexpr size_t kLargestBlock = size_t{32} << 20;

}  // namespace

std::span<float> FloatBuffers::Take(size_t count) {
  const size_t bytes = base::AlignUp(count * sizeof(float));
  auto best = spare_.end();
  for (auto it = spare_.begin(); it != spare_.end(); ++it) {
    const bool fits = it->second >= bytes;
    if (fits && (best == spare_.end() || it->second < best->second)) best = it;
  }
  if (best == spare_.end()) best = Grow(bytes);
  best->second -= bytes;
  std::byte* taken = best->first + best->second;
  if (best->second == 0) spare_.erase(best);
  return {reinterpret_cast<float*>(taken), count};
}

void FloatBuffers::Give(std::span<float> elements) {
  if (elements.empty()) return;
  auto* first = reinterpret_cast<std::byte*>(elements.data());
  auto given = spare_.emplace(first, base::AlignUp(elements.size_bytes())).first;
  auto join = [&](Ranges::iterator before, Ranges::iterator after) {
    if (before->first + before->second != after->first) return;
    before->second += after->second;
    spare_.erase(after);
  };
  if (auto next = std::next(given); next != spare_.end()) join(given, next);
  if (given != spare_.begin()) join(std::prev(given), given);
}

// Twice as much as there is, or, where that is much, a little more.
FloatBuffers::Ranges::iterator FloatBuffers::Grow(size_t bytes) {
  base::AlignedBuffer block(std::max(bytes, std::min(bytes_, kLargestBlock)));
  if (!block.ok()) throw std::bad_alloc();
  bytes_ += block.size();
  auto grown = spare_.emplace(block.data(), block.size()).first;
  blocks_.push_back(std::move(block));
  return grown;
}

}  // namespace goldcrest::quantize
