#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <new>
#include <vector>

#include "base/make_each.h"

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

// A thread that is late for a loop of few chunks must not claim one of them more when the next, of
// many, begins.
TEST(ThreadPool, LoopsOfFewAndOfManyChunksInTurns) {
  ThreadPool pool(2);
  for (int64_t loop = 0; loop < 500'000; ++loop) {
    const int64_t chunks = loop % 2 == 0 ? 2 : 64;
    std::atomic<int64_t> calls{0};
    std::atomic<int64_t> outside{0};
    pool.ForEach(chunks, [&](int64_t i) noexcept {
      ++calls;
      if (i >= chunks) ++outside;
    });
    ASSERT_EQ(calls, chunks);
    ASSERT_EQ(outside, 0);
  }
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

TEST(MakeEach, AllInTheirOrderOrTheFirstError) {
  ThreadPool pool(3);
  auto squares = MakeEach(pool, 100, [](int64_t i) -> Result<int64_t> { return i * i; });
  ASSERT_TRUE(squares);
  ASSERT_EQ(squares->size(), 100U);
  for (size_t i = 0; i < squares->size(); ++i)
    EXPECT_EQ((*squares)[i], static_cast<int64_t>(i * i));
  auto failing = MakeEach(pool, 100, [](int64_t i) -> Result<int64_t> {
    if (i % 10 == 7) return Fail(ErrorCode::kInvalid, "number ", i);
    return i;
  });
  ASSERT_FALSE(failing);
  EXPECT_EQ(failing.error().message, "number 7");
  auto hungry = MakeEach(pool, 4, [](int64_t i) -> Result<int64_t> {
    if (i == 2) throw std::bad_alloc();
    return i;
  });
  ASSERT_FALSE(hungry);
  EXPECT_EQ(hungry.error().code, ErrorCode::kLimit);
}

}  // namespace
}  // namespace goldcrest::base
