// Real models of Keras and TensorFlow against their outputs.
#include <gtest/gtest.h>

#include "support/golden_models.h"
#include "support/read_model.h"
#include "support/shared.h"

namespace goldcrest::pipeline {
namespace {

using testing::GoldenModel;

constexpr GoldenModel kModels[] = {
    {"keras_mobilenet_v2_100_224.h5", "keras_mobilenet_v2_100_224.keras.npz", "softmax",
     testing::ImageNetInputs, 1e-4, "logits"},
    {"keras_mobilenet_v3_small_050_96.keras", "keras_mobilenet_v3_small_050_96.npz", "keras",
     testing::EnlargedCifarInputs, 1e-4, "logits"},
    {"str_ww_ref_model.h5", "str_ww_ref_model.npz", "keras", testing::WakeWordInputs, 1e-4},
    {"vww_96.h5", "vww_96.npz", "keras", testing::PersonInputs, 1e-4},
    {"keras_mobilenet_v1_025_224.frozen_graph.pb", "keras_mobilenet_v1_025_224.keras.npz",
     "softmax", testing::ImageNetInputs, 1e-4, "logits"},
    {"keras_mobilenet_v1_025_224.frozen_primitive_bn.pb", "keras_mobilenet_v1_025_224.keras.npz",
     "softmax", testing::ImageNetInputs, 1e-4, "logits"},
    {"keras_mobilenet_v1_025_224.frozen_tf1.pb", "keras_mobilenet_v1_025_224.keras.npz", "softmax",
     testing::ImageNetInputs, 1e-4, "logits"},
    {"keras_mobilenet_v1_025_224.savedmodel", "keras_mobilenet_v1_025_224.keras.npz", "softmax",
     testing::ImageNetInputs, 1e-4, "logits"},
    {"kws_ref_model.savedmodel", "kws_ref_model.npz", "keras", testing::KeywordInputs, 1e-4},
    {"pretrainedResnet.h5", "pretrainedResnet.npz", "keras", testing::CifarInputs, 1e-4},
};

TEST(GoldenModels, ComputeWhatTheirFrameworkDoes) {
  REQUIRE_SHARED();
  testing::ExpectGoldenModels(kModels, testing::MustRead);
}

}  // namespace
}  // namespace goldcrest::pipeline
