// Real .tflite files against LiteRT's reference kernels.
#include <gtest/gtest.h>

#include "support/golden_models.h"
#include "support/run_graph.h"
#include "support/shared.h"

namespace goldcrest::api {
namespace {

using testing::GoldenModel;

constexpr GoldenModel kModels[] = {
    {"keras_mobilenet_v1_025_224.float.tf.tflite", "keras_mobilenet_v1_025_224.float.tf.npz", "ref",
     testing::ImageNetInputs, 1e-5},
    {"keras_mobilenet_v1_025_224.float16.tf.tflite", "keras_mobilenet_v1_025_224.float16.tf.npz",
     "ref", testing::ImageNetInputs, 1e-5},
    {"vww_96_float.tflite", "vww_96.npz", "vww_96_float/ref", testing::PersonInputs, 1e-5},
    {"pretrainedResnet.tflite", "pretrainedResnet.npz", "float/ref", testing::CifarInputs, 1e-5},
};

TEST(GoldenModels, ComputeWhatLiteRtDoes) {
  REQUIRE_SHARED();
  testing::ExpectGoldenModels(kModels, testing::MustReadTflite);
}

}  // namespace
}  // namespace goldcrest::api
