#include "runtime/memory_planner.h"

#include <gtest/gtest.h>

#include "base/aligned_buffer.h"
#include "support/random.h"

namespace goldcrest::runtime {
namespace {

TEST(MemoryPlanner, NothingAliveTogetherOverlaps) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    testing::Random random(seed);
    std::vector<Lifetime> lifetimes;
    for (int64_t i = random.Integer(0, 40); i > 0; --i) {
      auto first = static_cast<int32_t>(random.Integer(-1, 20));
      lifetimes.push_back({static_cast<size_t>(random.Integer(0, 5000)), first,
                           first + static_cast<int32_t>(random.Integer(0, 6))});
    }
    auto plan = PlanArena(lifetimes);
    ASSERT_TRUE(plan);
    size_t sum = 0;
    for (size_t i = 0; i < lifetimes.size(); ++i) {
      const Lifetime& a = lifetimes[i];
      sum += base::AlignUp(a.bytes);
      EXPECT_EQ(plan->offsets[i] % base::kAlignment, 0U);
      EXPECT_LE(plan->offsets[i] + a.bytes, plan->bytes);
      for (size_t j = 0; j < i; ++j) {
        const Lifetime& b = lifetimes[j];
        bool together = a.first <= b.last && b.first <= a.last;
        bool apart = plan->offsets[i] + a.bytes <= plan->offsets[j] ||
                     plan->offsets[j] + b.bytes <= plan->offsets[i];
        EXPECT_TRUE(!together || apart) << seed;
      }
    }
    EXPECT_LE(plan->bytes, sum);
  }
}

TEST(MemoryPlanner, AChainNeedsTwoBuffers) {
  std::vector<Lifetime> chain;
  for (int32_t i = 0; i < 10; ++i) chain.push_back({6400, i, i + 1});
  EXPECT_EQ(PlanArena(chain)->bytes, 2 * 6400U);
}

TEST(MemoryPlanner, SizesThatOverflowAreRefused) {
  EXPECT_FALSE(PlanArena(std::vector<Lifetime>{{SIZE_MAX, 0, 1}}));
  EXPECT_FALSE(PlanArena(std::vector<Lifetime>(4, {PTRDIFF_MAX / 3, 0, 1})));
}

}  // namespace
}  // namespace goldcrest::runtime
