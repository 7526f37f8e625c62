#include "evaluate/answers.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "evaluate/scores.h"

namespace goldcrest::evaluate {
namespace {

constexpr double kFloor = 1e-10;

TEST(Scores, RankGivesTiesToTheLowerIndex) {
  constexpr std::array<float, 5> scores = {0.1F, 0.4F, 0.4F, NAN, 0.1F};
  const std::array<int64_t, 5> ranks = {2, 0, 1, 4, 3};
  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(RankOf(scores, i), ranks[static_cast<size_t>(i)]) << i;
  }
  constexpr std::array<float, 2> none = {NAN, NAN};
  EXPECT_EQ(RankOf(none, 1), 1);
}

// SciPy 1.17: special.rel_entr(p, q).sum() and special.softmax; NumPy 2.4 for the formula with a
// floor of 1 / 512.
TEST(Scores, DivergenceAndSoftmax) {
  constexpr std::array p = {0.7F, 0.2F, 0.1F};
  constexpr std::array q = {0.5F, 0.3F, 0.2F};
  EXPECT_NEAR(Divergence(p, q, kFloor), 0.0851228259572216, 1e-7);
  EXPECT_EQ(Divergence(p, p, kFloor), 0);
  constexpr std::array tail = {0.9F, 0.0985F, 0.001F, 0.0005F};
  constexpr std::array steps = {0.8984375F, 0.1015625F, 0.0F, 0.0F};
  EXPECT_NEAR(Divergence(tail, steps, 1.0 / 512), -0.0014519977893955253, 1e-7);
  std::array logits = {1.5F, -2.0F, 0.25F};
  Softmax(logits);
  EXPECT_NEAR(logits[0], 0.7594731860969822, 1e-7);
  EXPECT_NEAR(logits[1], 0.022934102999540424, 1e-7);
  EXPECT_NEAR(logits[2], 0.21759271090347723, 1e-7);
}

// Six pictures of two classes, by hand.
TEST(Answers, AreSummedUp) {
  const std::array<int64_t, 4> labels = {0, 0, 1, 1};
  const std::array<std::array<float, 2>, 4> first = {
      {{0.9F, 0.1F}, {0.8F, 0.2F}, {0.3F, 0.7F}, {0.6F, 0.4F}}};
  const std::array<std::array<float, 2>, 4> second = {
      {{0.9F, 0.1F}, {0.4F, 0.6F}, {0.3F, 0.7F}, {0.6F, 0.4F}}};
  std::vector<Answer> a;
  std::vector<Answer> b;
  for (size_t i = 0; i < 4; ++i) {
    a.push_back(Judge(first[i], labels[i], first[i], kFloor));
    b.push_back(Judge(second[i], labels[i], first[i], kFloor));
  }
  Summary summary = Summarize(b, a);
  EXPECT_EQ(summary.pictures, 4);
  EXPECT_EQ(Summarize(a, a).top1->hits, 3);
  EXPECT_EQ(summary.top1->hits, 2);
  EXPECT_EQ(summary.top5->hits, 4);
  EXPECT_EQ(summary.agreement.value(), 0.75);
  EXPECT_EQ(summary.only_first_right, 1);
  EXPECT_EQ(summary.only_this_right, 0);
  EXPECT_EQ(summary.p_value, 1);
  // 0.8 ln 2 + 0.2 ln (1/3), over four pictures; Σ a² = 2.6 and Σ (a − b)² = 0.32.
  EXPECT_NEAR(summary.divergence, (0.8 * std::log(2) - 0.2 * std::log(3)) / 4, 1e-7);
  EXPECT_NEAR(summary.sqnr_db, 10 * std::log10(2.6 / 0.32), 1e-5);
  EXPECT_TRUE(std::isinf(Summarize(a, a).sqnr_db));
  EXPECT_EQ(b[1].best, 1);
  EXPECT_EQ(b[1].label_score, 0.4F);

  auto by_class = ByClass(labels, b, a);
  ASSERT_EQ(by_class.size(), 2U);
  EXPECT_EQ(by_class[0].top1.hits, 1);
  EXPECT_EQ(by_class[0].first_top1.hits, 2);
  EXPECT_EQ(by_class[1].top1.hits, 1);

  ConfusionMatrix matrix;
  for (size_t i = 0; i < 4; ++i) matrix.Add(labels[i], b[i].best);
  EXPECT_EQ(matrix.count(0, 0), 1);
  EXPECT_EQ(matrix.count(0, 1), 1);
  EXPECT_EQ(matrix.count(1, 0), 1);
  auto confused = matrix.MostConfused(1);
  ASSERT_EQ(confused.size(), 1U);
  EXPECT_EQ(confused[0].label, 0);
}

TEST(Answers, WithoutLabels) {
  constexpr std::array p = {0.7F, 0.3F};
  std::vector<Answer> answers = {Judge(p, -1, p, kFloor)};
  Summary summary = Summarize(answers, answers);
  EXPECT_FALSE(summary.top1);
  EXPECT_EQ(summary.agreement.value(), 1);
  EXPECT_EQ(summary.p_value, 1);
}

}  // namespace
}  // namespace goldcrest::evaluate
