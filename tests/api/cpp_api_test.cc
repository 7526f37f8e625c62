// The C++ header alone: nothing of src/ is seen here but a helper that speaks of bytes.
#include <gtest/gtest.h>
#include <goldcrest/goldcrest.hpp>

#include <type_traits>

#include "api/color_model.h"

namespace {

using goldcrest::Options;
using goldcrest::Session;

static_assert(std::is_move_constructible_v<Session> && std::is_move_assignable_v<Session>);
static_assert(!std::is_copy_constructible_v<Session>);

TEST(CppApi, NamesAPicture) {
  const std::vector<std::byte> model = goldcrest::testing::ColorModel();
  auto opened = Session::OpenMemory(model.data(), model.size(), Options().Set("threads", "2"));
  ASSERT_TRUE(opened) << opened.error().message;
  Session session = *std::move(opened);
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 48; ++i) pixels.insert(pixels.end(), {0, 51, 204});
  ASSERT_TRUE(session.SetPixels(pixels.data(), 8, 6));
  ASSERT_TRUE(session.Run());
  auto top = session.Top(2);
  ASSERT_TRUE(top);
  ASSERT_EQ(top->size(), 2U);
  EXPECT_EQ((*top)[0].index, 2);
  EXPECT_STREQ((*top)[0].label, "blue");
  EXPECT_FLOAT_EQ((*top)[1].score, 0.2F);
  EXPECT_EQ(session.Top(9)->size(), 3U);
  EXPECT_EQ(session.label_count(), 3U);
  EXPECT_STREQ(session.label(0), "red");
  EXPECT_NE(session.input_contract(), nullptr);
  EXPECT_TRUE(session.notes().empty());
  EXPECT_GT(session.arena_bytes(), 0U);
}

TEST(CppApi, TensorsKnowTheirType) {
  const std::vector<std::byte> model = goldcrest::testing::ColorModel();
  auto session =
      Session::OpenMemory(model.data(), model.size(), Options().Set("input-shapes", "1,2,2,3"));
  ASSERT_TRUE(session) << session.error().message;
  ASSERT_EQ(session->input_count(), 1U);
  ASSERT_EQ(session->output_count(), 1U);
  goldcrest::Tensor input = session->input(0);
  EXPECT_STREQ(input.name(), "x");
  EXPECT_EQ(input.shape(), (std::vector<std::int64_t>{1, 2, 2, 3}));
  EXPECT_EQ(input.size<float>(), 12U);
  EXPECT_EQ(input.mutable_data<std::int8_t>(), nullptr);
  ASSERT_NE(input.mutable_data<float>(), nullptr);
  const std::vector<float> fives(12, 5);
  ASSERT_TRUE(input.Write(fives.data(), {1, 2, 2, 3}));
  const std::vector<std::int8_t> bytes(12);
  EXPECT_FALSE(input.Write(bytes.data(), {1, 2, 2, 3}));
  EXPECT_FALSE(input.Write(fives.data(), {12}));
  ASSERT_TRUE(session->Run());
  EXPECT_EQ(session->output(0).data<float>()[2], 5);
  EXPECT_EQ(session->output(0).data<std::int32_t>(), nullptr);
}

TEST(CppApi, ErrorsAreValues) {
  auto missing = Session::Open("/no/such/m.tflite");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, GOLDCREST_NOT_FOUND);
  EXPECT_NE(missing.error().message.find("/no/such"), std::string::npos);
  auto wrong = Session::Open("m.tflite", Options().Set("threads", "2").Set("thread", "many"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "there is no option 'thread'; did you mean threads?");
  const std::vector<std::byte> model = goldcrest::testing::ColorModel();
  auto session = Session::OpenMemory(model.data(), model.size());
  ASSERT_TRUE(session);
  goldcrest::Status status = session->SetPixels(nullptr, 8, 6);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, GOLDCREST_USAGE);
}

}  // namespace
