#include <gtest/gtest.h>

#include <cmath>

#include "image/orientation.h"
#include "image/preprocess.h"
#include "support/counting_allocator.h"
#include "support/shared.h"

namespace goldcrest::image {
namespace {

Picture Small() {  // 2 x 3 pixels, numbered by rows
  Picture picture{2, 3, {}};
  for (uint8_t i = 0; i < 6; ++i) picture.rgb.insert(picture.rgb.end(), {i, i, i});
  return picture;
}

std::vector<int> Turned(int orientation) {
  Picture picture = Small();
  ApplyOrientation(orientation, picture);
  std::vector<int> pixels = {static_cast<int>(picture.width)};
  for (size_t i = 0; i < picture.rgb.size(); i += 3) pixels.push_back(picture.rgb[i]);
  return pixels;
}

TEST(Orientation, AllEight) {
  EXPECT_EQ(Turned(1), (std::vector<int>{2, 0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(Turned(2), (std::vector<int>{2, 1, 0, 3, 2, 5, 4}));
  EXPECT_EQ(Turned(3), (std::vector<int>{2, 5, 4, 3, 2, 1, 0}));
  EXPECT_EQ(Turned(4), (std::vector<int>{2, 4, 5, 2, 3, 0, 1}));
  EXPECT_EQ(Turned(5), (std::vector<int>{3, 0, 2, 4, 1, 3, 5}));
  EXPECT_EQ(Turned(6), (std::vector<int>{3, 4, 2, 0, 5, 3, 1}));
  EXPECT_EQ(Turned(7), (std::vector<int>{3, 5, 3, 1, 4, 2, 0}));
  EXPECT_EQ(Turned(8), (std::vector<int>{3, 1, 3, 5, 0, 2, 4}));
  EXPECT_EQ(Turned(9), Turned(1));
}

tensor::InputContract Contract(int64_t side, tensor::NormalizationKind kind) {
  tensor::InputContract contract;
  contract.width = contract.height = side;
  contract.normalization.kind = kind;
  return contract;
}

// The three modes of Keras' preprocess_input on the golden picture.
TEST(Preprocess, NormalizesAsKerasDoes) {
  REQUIRE_SHARED();
  const std::string name = "024_n01622779";
  tensor::Tensor pixels = testing::Golden("preprocess.npz", name + "/plain/load_img_bilinear");
  std::span<const uint8_t> bytes = pixels.view().As<uint8_t>();
  Picture picture{64, 64, {bytes.begin(), bytes.end()}};
  struct Case {
    tensor::NormalizationKind kind;
    const char* golden;
  };
  for (Case c : {Case{tensor::NormalizationKind::kTf, "/scaled_tf"},
                 Case{tensor::NormalizationKind::kTorch, "/scaled_torch"},
                 Case{tensor::NormalizationKind::kCaffe, "/scaled_caffe"}}) {
    tensor::InputContract contract = Contract(64, c.kind);
    contract.crop = tensor::CropKind::kNone;
    if (c.kind == tensor::NormalizationKind::kCaffe) contract.color = tensor::ColorOrder::kBgr;
    auto preprocessor = Preprocessor::Create(contract);
    auto out = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 64, 64, 3});
    ASSERT_TRUE(preprocessor->Run(picture, out->mutable_view()));
    tensor::Tensor golden = testing::Golden("preprocess.npz", name + c.golden);
    for (size_t i = 0; i < 64 * 64 * 3; ++i) {
      float expected = golden.view().As<float>()[i];
      ASSERT_NEAR(out->view().As<float>()[i], expected, 1e-6 * std::max(1.0F, std::fabs(expected)))
          << c.golden;
    }
  }
}

TEST(Preprocess, QuantizesHalfToEvenFromTheFloatValue) {
  tensor::InputContract contract = Contract(1, tensor::NormalizationKind::kTf);
  contract.dtype = tensor::DType::kInt8;
  contract.scale = 1.0 / 127.5;
  contract.zero_point = -1;
  auto preprocessor = Preprocessor::Create(contract);
  auto out = tensor::Tensor::Create(tensor::DType::kInt8, {1, 1, 1, 3});
  for (int x = 0; x < 256; ++x) {
    auto byte = static_cast<uint8_t>(x);
    ASSERT_TRUE(preprocessor->Run({1, 1, {byte, byte, byte}}, out->mutable_view()));
    float value = static_cast<float>(x) / 127.5F - 1.0F;
    float q = std::nearbyint(value / static_cast<float>(1.0 / 127.5)) - 1;
    EXPECT_EQ(out->view().As<int8_t>()[1], static_cast<int>(std::clamp(q, -128.0F, 127.0F))) << x;
  }
}

TEST(Preprocess, TakesNoMemoryForASizeThatWasThereBefore) {
  for (tensor::DType dtype : {tensor::DType::kFloat32, tensor::DType::kUInt8}) {
    tensor::InputContract contract = Contract(8, tensor::NormalizationKind::kTf);
    contract.resize = tensor::ResizeMode::kPilLanczos;
    contract.dtype = dtype;
    contract.scale = 1.0 / 128;
    auto preprocessor = Preprocessor::Create(contract);
    auto out = tensor::Tensor::Create(dtype, {1, 8, 8, 3});
    const Picture picture{20, 10, std::vector<uint8_t>(600, 7)};
    ASSERT_TRUE(preprocessor->Run(picture, out->mutable_view()));
    const int64_t before = testing::AllocationCount();
    const bool again = preprocessor->Run(picture, out->mutable_view()).has_value();
    EXPECT_EQ(testing::AllocationCount(), before);
    EXPECT_TRUE(again);
  }
}

// A source that fails at a row: its picture is damaged there.
class DamagedRows final : public RowSource {
 public:
  explicit DamagedRows(int64_t good_rows) : left_(good_rows) { SetSize(4, 4, 1); }
  Result<const uint8_t*> NextRow() override {
    if (left_-- == 0) return Fail(ErrorCode::kInvalid, "damaged");
    return row_.data();
  }

 private:
  int64_t left_;
  std::array<uint8_t, 12> row_{};
};

TEST(Preprocess, ADamagedPictureLeavesTheTensorAlone) {
  auto preprocessor = Preprocessor::Create(Contract(4, tensor::NormalizationKind::kTf));
  auto out = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 4, 4, 3});
  std::ranges::fill(out->mutable_view().As<float>(), 42.0F);
  for (int64_t good_rows : {0, 1, 3}) {
    DamagedRows rows(good_rows);
    Status status = preprocessor->Run(rows, out->mutable_view());
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, "damaged");
    for (float x : out->view().As<float>()) ASSERT_EQ(x, 42.0F);
  }
  DamagedRows rows(4);
  EXPECT_TRUE(preprocessor->Run(rows, out->mutable_view()));
  EXPECT_EQ(out->view().As<float>()[0], -1.0F);
}

TEST(Preprocess, RefusesTensorsThatTheContractDoesNotMake) {
  auto preprocessor = Preprocessor::Create(Contract(8, tensor::NormalizationKind::kTf));
  auto out = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 9, 8, 3});
  Status status = preprocessor->Run(Small(), out->mutable_view());
  ASSERT_FALSE(status);
  EXPECT_EQ(
      status.error().message,
      "the model takes float32[1, 9, 8, 3], but its input contract makes float32[1, 8, 8, 3]");
}

}  // namespace
}  // namespace goldcrest::image
