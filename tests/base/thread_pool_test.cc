#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <vector>

namespace goldcrest::base {
namespace {

TEST(ThreadPool, RunsEveryChunkOnce) {
  for (int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (int64_t chunks : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> counts(static_cast<size_t>(chunks));
      pool.ForEach(chunks, [&](int64_t i) noexcept { ++counts[static_cast<size_t>(i)]; });
      for (const auto& count : counts) EXPECT_EQ(count, 1);
    }
  }
}

TEST(ThreadPool, ManyShortLoopsInARow) {
  ThreadPool pool(4);
  std::atomic<int64_t> sum{0};
  for (int loop = 0; loop < 5000; ++loop) {
    pool.ForEach(3, [&](int64_t i) noexcept { sum += i; });
  }
  EXPECT_EQ(sum, 5000 * 3);
}

// A thread that wakes late for the last loop must still see the end.
TEST(ThreadPool, PoolsThatEndRightAfterALoop) {
  std::atomic<int64_t> sum{0};
  for (int pools = 0; pools < 2000; ++pools) {
    ThreadPool pool(4);
    pool.ForEach(2, [&](int64_t i) noexcept { sum += i; });
  }
  EXPECT_EQ(sum, 2000);
}

}  // namespace
}  // namespace goldcrest::base
