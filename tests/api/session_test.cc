#include "api/session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "formats/tflite/tflite.h"
#include "support/run_graph.h"
#include "support/temporary.h"

namespace goldcrest::api {
namespace {

constexpr char kModel[] = R"(
  input %0 "x": float32[-1, 4, 4, 3]
  %1 "mean": float32[-1, 3] = mean(%0) axes=[1, 2]
  output %1)";

graph::Graph Model(bool with_contract) {
  graph::Graph graph = testing::MustParse(kModel);
  if (with_contract) {
    tensor::InputContract contract;
    contract.width = contract.height = 4;
    contract.normalization.kind = tensor::NormalizationKind::kUnit;
    graph.metadata.input_contract = contract;
  }
  return graph;
}

image::Picture Picture(uint8_t red, uint8_t green, uint8_t blue) {
  image::Picture picture{10, 8, {}};
  for (int i = 0; i < 80; ++i) picture.rgb.insert(picture.rgb.end(), {red, green, blue});
  return picture;
}

TEST(Session, OpensAFileAndRanksItsClasses) {
  testing::TemporaryFolder folder;
  auto bytes = formats::tflite::Write(Model(true));
  auto session = Session::Open(folder.Write("m.tflite", base::AsText(*bytes)), {.threads = 2});
  ASSERT_TRUE(session) << session.error().ToString();
  ASSERT_TRUE(session->SetPicture(Picture(51, 255, 51)));
  session->Run();
  auto top = session->Top(5);
  ASSERT_TRUE(top);
  ASSERT_EQ(top->size(), 3U);
  EXPECT_EQ((*top)[0].index, 1);
  EXPECT_FLOAT_EQ((*top)[0].score, 1);
  EXPECT_EQ((*top)[1].index, 0);  // a tie goes to the lower index
  EXPECT_FLOAT_EQ((*top)[2].score, 0.2F);
}

TEST(Session, RanksTheClassesOfAnIntegerModel) {
  graph::Graph graph = testing::MustParse(R"(
    input %0 "x": float32[1, 3]
    %1 "q": int8[1, 3] scale=0.00390625 zero_point=-128 = quantize(%0)
    output %1)");
  auto session = Session::Create(std::move(graph), {});
  ASSERT_TRUE(session) << session.error().ToString();
  std::ranges::copy(std::vector<float>{0.125F, 0.5F, 0.25F}, session->input(0).As<float>().begin());
  session->Run();
  auto top = session->Top(2);
  ASSERT_TRUE(top) << top.error().ToString();
  ASSERT_EQ(top->size(), 2U);
  EXPECT_EQ((*top)[0].index, 1);
  EXPECT_EQ((*top)[0].score, 0.5F);
  EXPECT_EQ((*top)[1].index, 2);
  EXPECT_EQ((*top)[1].score, 0.25F);
}

TEST(Session, WithoutAContractPicturesAreRefusedAndTensorsAreNot) {
  auto session = Session::Create(Model(false), {});
  ASSERT_TRUE(session);
  Status status = session->SetPicture(Picture(1, 2, 3));
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("--normalize"), std::string::npos);
  std::ranges::fill(session->input(0).As<float>(), 2.0F);
  session->Run();
  EXPECT_EQ(session->output(0).As<float>()[2], 2);
}

TEST(Session, OpensAFileInMemoryAtAnyAddress) {
  auto bytes = formats::tflite::Write(Model(true));
  std::vector<std::byte> shifted(bytes->size() + 17);
  for (size_t offset : {0, 1, 3, 16}) {
    std::ranges::copy(*bytes, shifted.begin() + static_cast<ptrdiff_t>(offset));
    auto session = Session::OpenMemory(std::span(shifted).subspan(offset, bytes->size()), {});
    ASSERT_TRUE(session) << session.error().ToString();
    std::ranges::fill(session->input(0).As<float>(), 3.0F);
    session->Run();
    EXPECT_EQ(session->output(0).As<float>()[1], 3);
  }
  EXPECT_FALSE(Session::OpenMemory({}, {}));
}

TEST(Session, TakesInputsOfAnotherSizeAndPicturesForThem) {
  auto session = Session::Create(Model(true), {.input_shapes = {{1, 6, 5, 3}}});
  ASSERT_TRUE(session) << session.error().ToString();
  EXPECT_EQ(session->input(0).shape[1], 6);
  ASSERT_TRUE(session->SetPicture(Picture(0, 102, 255)));
  session->Run();
  EXPECT_FLOAT_EQ(session->output(0).As<float>()[1], 0.4F);
  EXPECT_FALSE(Session::Create(Model(true), {.input_shapes = {{1, 6, 5}}}));
}

TEST(Session, OptionsCompleteTheInputContract) {
  auto session = Session::Create(Model(false), {.contract = {.normalize = "unit"}});
  ASSERT_TRUE(session);
  ASSERT_TRUE(session->SetPicture(Picture(51, 102, 255)));
  session->Run();
  EXPECT_FLOAT_EQ(session->output(0).As<float>()[0], 0.2F);
  auto wrong = Session::Create(Model(false), {.contract = {.normalize = "sometimes"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kUsage);
}

TEST(Session, AnInstructionSetCanBeForbidden) {
  auto session = Session::Create(Model(false), {.isa = base::Isa::kScalar});
  ASSERT_TRUE(session);
  EXPECT_EQ(session->isa(), base::Isa::kScalar);
  EXPECT_EQ(session->backend(), "cpu");
}

TEST(Session, ErrorsNameTheFile) {
  testing::TemporaryFolder folder;
  std::string path = folder.Write("m.tflite", "no model");
  auto session = Session::Open(path, {});
  ASSERT_FALSE(session);
  EXPECT_TRUE(session.error().ToString().starts_with("reading " + path));
}

}  // namespace
}  // namespace goldcrest::api
