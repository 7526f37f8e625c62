// Boxes worked out by hand: anchors of size 1 around points, encodings of zero but where they say
// so.
#include "kernels/detection/detection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace goldcrest::kernels::detection {
namespace {

std::vector<float> Detect(const Params& params, const std::vector<float>& encodings,
                          const std::vector<float>& scores, const std::vector<float>& anchors) {
  std::vector<float> y(static_cast<size_t>(params.rows() * 6 + 1), NAN);
  std::vector<double> scratch(ScratchBytes(params) / sizeof(double) + 1);
  Run(params, encodings.data(), scores.data(), anchors.data(), y.data(),
      reinterpret_cast<std::byte*>(scratch.data()));
  return y;
}

// Three boxes of size 1: at 0, at 0.25 (which the first covers by 0.75 / 1.25 = 0.6) and at 5.
const std::vector<float> kAnchors = {0, 0, 1, 1, 0, 0, 1, 1, 5, 5, 1, 1};
const std::vector<float> kEncodings = {0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0, 0, std::log(2.0F)};

TEST(Detection, TheBestBoxHidesWhatItCovers) {
  Params params{.boxes = 3,
                .classes = 2,
                .score_columns = 3,
                .max_detections = 3,
                .most_overlap = 0.5F,
                .y_scale = 2};
  const std::vector<float> scores = {0, 0.5F, 0.25F, 0, 0.25F, 0.75F, 0, 0.25F, 0.125F};
  EXPECT_EQ(Detect(params, kEncodings, scores, kAnchors),
            (std::vector<float>{-0.25F, -0.5F, 0.75F, 0.5F, 4.5F, 4, 5.5F, 6, 0, 0, 0, 0,  // boxes
                                1, 0, 0, 0.75F, 0.25F, 0, 2}));
  // A score too small, and an overlap that is allowed.
  params.least_score = 0.3F;
  params.most_overlap = 0.65F;
  const std::vector<float> found = Detect(params, kEncodings, scores, kAnchors);
  EXPECT_EQ(found.back(), 2);
  EXPECT_EQ(std::vector<float>(found.begin() + 12, found.begin() + 18),
            (std::vector<float>{1, 0, 0, 0.75F, 0.5F, 0}));
}

TEST(Detection, EachBoxMayHaveSeveralClasses) {
  const Params params{.boxes = 3,
                      .classes = 3,
                      .score_columns = 3,
                      .max_detections = 1,
                      .classes_per_detection = 2,
                      .y_scale = 2};
  const std::vector<float> scores = {0.25F, 0.5F, 0.25F, 0, 0.25F, 0.125F, 0, 0.25F, 0.125F};
  EXPECT_EQ(
      Detect(params, kEncodings, scores, kAnchors),
      (std::vector<float>{-0.5F, -0.5F, 0.5F, 0.5F, -0.5F, -0.5F, 0.5F, 0.5F,  // one box twice
                          1, 0, 0.5F, 0.25F, 2}));
}

TEST(Detection, ClassesByThemselvesDoNotHideEachOther) {
  const Params params{.boxes = 3,
                      .classes = 2,
                      .score_columns = 2,
                      .max_detections = 3,
                      .detections_per_class = 3,
                      .regular = true,
                      .least_score = 0.3F,
                      .most_overlap = 0.5F,
                      .y_scale = 2};
  const std::vector<float> scores = {0.5F, 0.625F, 0.75F, 0.5F, 0.25F, 0.375F};
  const std::vector<float> found = Detect(params, kEncodings, scores, kAnchors);
  // Of class 0 the second box, of class 1 the first and the third.
  EXPECT_EQ(std::vector<float>(found.begin() + 12, found.end()),
            (std::vector<float>{0, 1, 1, 0.75F, 0.625F, 0.375F, 3}));
}

TEST(Detection, NumbersThatAreNoneAreNoDetections) {
  const Params params{.boxes = 3, .classes = 1, .score_columns = 1, .max_detections = 3};
  const std::vector<float> encodings(12, NAN);
  const std::vector<float> scores = {NAN, INFINITY, NAN};
  EXPECT_EQ(Detect(params, encodings, scores, kAnchors).back(), 1);
}

}  // namespace
}  // namespace goldcrest::kernels::detection
