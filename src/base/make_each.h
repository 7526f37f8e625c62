// Things that take long to make, made side by side.
#pragma once

#include <new>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"

namespace goldcrest::base {

// make(i) for each i in [0, count), a Result<T>, on the threads of a pool: all of them in their
// order, or the first error.
template <class Make>
auto MakeEach(ThreadPool& pool, int64_t count, const Make& make)
    -> Result<std::vector<typename std::invoke_result_t<const Make&, int64_t>::value_type>> {
  using Made = std::invoke_result_t<const Make&, int64_t>;
  std::vector<std::optional<Made>> made(static_cast<size_t>(count));
  pool.ForEach(count, [&](int64_t i) noexcept {
    try {
      made[static_cast<size_t>(i)].emplace(make(i));
    } catch (const std::bad_alloc&) {
      made[static_cast<size_t>(i)].reset();  // even a message may be too much
    }
  });
  std::vector<typename Made::value_type> all;
  all.reserve(made.size());
  for (std::optional<Made>& one : made) {
    if (!one) return Fail(ErrorCode::kLimit, "not enough memory");
    GOLDCREST_TRY(auto value, std::move(*one));
    all.push_back(std::move(value));
  }
  return all;
}

}  // namespace goldcrest::base
