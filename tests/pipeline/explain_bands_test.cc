#include "pipeline/explain_bands.h"

#include <gtest/gtest.h>

namespace goldcrest::pipeline {
namespace {

constexpr int64_t kRows = 64;
constexpr int64_t kBandElements = runtime::kLargeBytes / 4;  // of floats

// Rows made of the same rows.
runtime::Step RowByRow(const std::string& kernel) {
  runtime::Step step{.kernel = kernel, .chunks = kRows};
  const int64_t width = kBandElements / kRows;
  for (int64_t row = 0; row < kRows; ++row) {
    step.progress.push_back({row * width, (row + 1) * width, (row + 1) * width});
  }
  return step;
}

struct Chain {
  std::vector<runtime::Step> steps;
  std::vector<runtime::BandStep> band_steps;

  explicit Chain(size_t count) {
    for (size_t i = 0; i < count; ++i) steps.push_back(RowByRow("kernel"));
    for (const runtime::Step& step : steps) {
      band_steps.push_back(
          {.step = &step, .follows = true, .elements = kBandElements, .element_bytes = 4});
    }
    band_steps[0].follows = false;
  }
  std::vector<ExplainedBand> Explain() const {
    return ExplainBands(band_steps, runtime::CutIntoBands(band_steps));
  }
  // Why what ends behind step 1 of four ends there.
  std::string Reason() const {
    for (const ExplainedBand& band : Explain()) {
      if (band.last == 2) return band.ends_because;
    }
    return "nothing ends there";
  }
};

TEST(ExplainBands, OfStepsThatGoTogether) {
  const Chain chain(3);
  const std::vector<ExplainedBand> bands = chain.Explain();
  ASSERT_EQ(bands.size(), 1U);
  EXPECT_EQ(bands[0].first, 0U);
  EXPECT_EQ(bands[0].last, 3U);
  EXPECT_EQ(bands[0].line_buffer_bytes.size(), 2U);
  EXPECT_EQ(bands[0].makes_bytes, runtime::kLargeBytes);
  EXPECT_EQ(bands[0].ends_because, "");  // it is the end
}

TEST(ExplainBands, TellWhyTheyEnd) {
  EXPECT_EQ(Chain(4).Reason(), "nothing ends there");
  Chain other(4);
  other.band_steps[2].follows = false;
  EXPECT_EQ(other.Reason(), "what it makes is not read by the next operator alone");
  Chain small(4);
  small.band_steps[1].elements = 1000;
  EXPECT_EQ(small.Reason(), "what it makes has less than 1.0 MB");
  Chain unordered(4);
  unordered.steps[2].progress.clear();
  unordered.steps[2].kernel = "by_channels";
  EXPECT_EQ(unordered.Reason(), "chunks of by_channels do not go through their values in order");
  Chain prepared(4);
  prepared.steps[2].preparations.emplace_back();
  prepared.steps[2].kernel = "by_range";
  EXPECT_EQ(prepared.Reason(), "by_range looks at all of its input before it begins");
  Chain heavy(4);
  heavy.band_steps[1].constant_bytes = 300 << 10;
  heavy.band_steps[2].constant_bytes = 300 << 10;
  EXPECT_EQ(heavy.Reason(), "line buffers and weights would outgrow 512.0 KB");
}

TEST(ExplainBands, LeaveOutSmallStepsOfTheirOwn) {
  Chain chain(2);
  for (runtime::BandStep& step : chain.band_steps) step.elements = 1000;
  EXPECT_TRUE(chain.Explain().empty());
}

}  // namespace
}  // namespace goldcrest::pipeline
