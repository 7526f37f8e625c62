#include <goldcrest/goldcrest.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/color_model.h"
#include "base/file.h"
#include "formats/tflite/tflite.h"
#include "support/counting_allocator.h"
#include "support/run_graph.h"
#include "support/temporary.h"

namespace goldcrest::api {
namespace {

struct Close {
  void operator()(goldcrest_session* session) const { goldcrest_session_close(session); }
  void operator()(goldcrest_options* options) const { goldcrest_options_destroy(options); }
};
using SessionHandle = std::unique_ptr<goldcrest_session, Close>;
using OptionsHandle = std::unique_ptr<goldcrest_options, Close>;

SessionHandle Open(const std::vector<std::byte>& model,
                   const goldcrest_options* options = nullptr) {
  goldcrest_session* session = nullptr;
  goldcrest_error error{};
  EXPECT_EQ(goldcrest_session_open_memory(model.data(), model.size(), options, &session, &error),
            GOLDCREST_OK)
      << error.message;
  return SessionHandle(session);
}

// 8 × 6 pixels of one colour in rows `stride` bytes apart, what lies between them being 99.
std::vector<uint8_t> Pixels(std::array<uint8_t, 3> color, int64_t stride) {
  std::vector<uint8_t> pixels(static_cast<size_t>(stride) * 6, 99);
  for (int64_t y = 0; y < 6; ++y) {
    for (int64_t x = 0; x < 8; ++x) {
      std::ranges::copy(color, pixels.begin() + y * stride + x * 3);
    }
  }
  return pixels;
}

TEST(CApi, NamesAPicture) {
  const std::vector<std::byte> model = testing::ColorModel();
  testing::TemporaryFolder folder;
  std::string path = folder.Write("m.tflite", base::AsText(model));
  goldcrest_session* opened = nullptr;
  ASSERT_EQ(goldcrest_session_open(path.c_str(), nullptr, &opened, nullptr), GOLDCREST_OK);
  SessionHandle session(opened);
  EXPECT_STREQ(goldcrest_session_input_contract(session.get()),
               "4 x 4 rgb, central crop 0.875, tf2-bilinear, x / 255, float32 (from the file "
               "(GOLDCREST_INPUT))");
  for (int64_t stride : {24, 40}) {
    std::vector<uint8_t> pixels = Pixels({51, 255, 0}, stride);
    ASSERT_EQ(goldcrest_session_set_pixels(session.get(), pixels.data(), 8, 6,
                                           stride == 24 ? 0 : stride, nullptr),
              GOLDCREST_OK);
    ASSERT_EQ(goldcrest_session_run(session.get(), nullptr), GOLDCREST_OK);
    goldcrest_class top[5];
    size_t count = 0;
    ASSERT_EQ(goldcrest_session_top(session.get(), top, 5, &count, nullptr), GOLDCREST_OK);
    ASSERT_EQ(count, 3U);
    EXPECT_EQ(top[0].index, 1);
    EXPECT_FLOAT_EQ(top[0].score, 1);
    EXPECT_STREQ(top[0].label, "grün");
    EXPECT_EQ(top[1].index, 0);
    EXPECT_FLOAT_EQ(top[1].score, 0.2F);
    EXPECT_STREQ(top[2].label, "blue");
    ASSERT_EQ(goldcrest_session_top(session.get(), top, 1, &count, nullptr), GOLDCREST_OK);
    EXPECT_EQ(count, 1U);
    ASSERT_EQ(goldcrest_session_top(session.get(), nullptr, 0, &count, nullptr), GOLDCREST_OK);
    EXPECT_EQ(count, 0U);
  }
  EXPECT_EQ(goldcrest_session_label_count(session.get()), 3U);
  EXPECT_STREQ(goldcrest_session_label(session.get(), 2), "blue");
  EXPECT_EQ(goldcrest_session_label(session.get(), 3), nullptr);
}

TEST(CApi, APictureMayBeStoredFromTheBottomUp) {
  const std::vector<std::byte> model = testing::ColorModel();
  OptionsHandle options(goldcrest_options_create());
  ASSERT_EQ(goldcrest_options_set(options.get(), "input-shapes", "1,1,8,3", nullptr), GOLDCREST_OK);
  ASSERT_EQ(goldcrest_options_set(options.get(), "crop", "none", nullptr), GOLDCREST_OK);
  ASSERT_EQ(goldcrest_options_set(options.get(), "resize", "pil-nearest", nullptr), GOLDCREST_OK);
  SessionHandle session = Open(model, options.get());
  // Six rows, of which resizing to one takes the fourth from the top.
  std::vector<uint8_t> pixels(8 * 6 * 3);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(i / 24 * 51);
  auto first_mean = [&](const uint8_t* rgb, int64_t stride) {
    EXPECT_EQ(goldcrest_session_set_pixels(session.get(), rgb, 8, 6, stride, nullptr), 0);
    EXPECT_EQ(goldcrest_session_run(session.get(), nullptr), 0);
    return *static_cast<const float*>(
        goldcrest_tensor_data(goldcrest_session_output(session.get(), 0)));
  };
  EXPECT_FLOAT_EQ(first_mean(pixels.data(), 24), 0.6F);
  EXPECT_FLOAT_EQ(first_mean(pixels.data() + 24 * 5, -24), 0.4F);
}

TEST(CApi, TensorsLieInTheSessionsMemory) {
  const std::vector<std::byte> model = testing::ColorModel(false);
  SessionHandle session = Open(model);
  ASSERT_EQ(goldcrest_session_input_count(session.get()), 1U);
  ASSERT_EQ(goldcrest_session_output_count(session.get()), 1U);
  goldcrest_tensor* input = goldcrest_session_input(session.get(), 0);
  EXPECT_STREQ(goldcrest_tensor_name(input), "x");
  EXPECT_EQ(goldcrest_tensor_dtype(input), GOLDCREST_FLOAT32);
  ASSERT_EQ(goldcrest_tensor_rank(input), 4U);
  const int64_t* shape = goldcrest_tensor_shape(input);
  EXPECT_EQ(std::vector<int64_t>(shape, shape + 4), (std::vector<int64_t>{1, 4, 4, 3}));
  EXPECT_EQ(goldcrest_tensor_size_bytes(input), 48 * sizeof(float));
  EXPECT_EQ(goldcrest_tensor_scale(input), 0);
  auto* elements = static_cast<float*>(goldcrest_tensor_mutable_data(input));
  EXPECT_EQ(elements, goldcrest_tensor_data(input));
  const goldcrest_tensor* output = goldcrest_session_output(session.get(), 0);
  EXPECT_EQ(goldcrest_tensor_rank(output), 2U);
  for (int run = 1; run < 4; ++run) {
    for (int i = 0; i < 48; ++i) elements[i] = static_cast<float>(run * (i % 3));
    ASSERT_EQ(goldcrest_session_run(session.get(), nullptr), GOLDCREST_OK);
    EXPECT_FLOAT_EQ(static_cast<const float*>(goldcrest_tensor_data(output))[2], 2.0F * run);
  }
  EXPECT_GE(goldcrest_session_arena_bytes(session.get()), 51 * sizeof(float));
  EXPECT_EQ(goldcrest_session_input(session.get(), 1), nullptr);
  EXPECT_EQ(goldcrest_session_output(session.get(), 7), nullptr);
}

TEST(CApi, AnotherPictureOfTheSameSizeTakesNoMemory) {
  const std::vector<std::byte> model = testing::ColorModel();
  OptionsHandle options(goldcrest_options_create());
  ASSERT_EQ(goldcrest_options_set(options.get(), "threads", "2", nullptr), GOLDCREST_OK);
  SessionHandle session = Open(model, options.get());
  std::vector<uint8_t> pixels = Pixels({1, 2, 3}, 24);
  auto set_and_run = [&] {
    bool set = goldcrest_session_set_pixels(session.get(), pixels.data(), 8, 6, 0, nullptr) ==
               GOLDCREST_OK;
    return set && goldcrest_session_run(session.get(), nullptr) == GOLDCREST_OK;
  };
  for (int run = 0; run < 100; ++run) {  // until every thread has started, on a busy machine too
    ASSERT_TRUE(set_and_run());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  int64_t before = testing::AllocationCount();
  for (int run = 0; run < 10; ++run) ASSERT_TRUE(set_and_run());
  EXPECT_EQ(testing::AllocationCount(), before);
}

#if !GOLDCREST_SANITIZED
// Whichever allocation is the first that fails: an error, never an exception or a crash.
TEST(CApi, WithoutMemoryThereIsAnError) {
  const std::vector<std::byte> model = testing::ColorModel();
  OptionsHandle options(goldcrest_options_create());
  ASSERT_EQ(goldcrest_options_set(options.get(), "threads", "3", nullptr), GOLDCREST_OK);
  const std::vector<uint8_t> pixels = Pixels({1, 2, 3}, 24);
  auto classify = [&] {
    goldcrest_session* opened = nullptr;
    goldcrest_class top[3];
    size_t count = 0;
    goldcrest_code code =
        goldcrest_session_open_memory(model.data(), model.size(), options.get(), &opened, nullptr);
    SessionHandle session(opened);
    if (code == 0) code = goldcrest_session_set_pixels(opened, pixels.data(), 8, 6, 0, nullptr);
    if (code == 0) code = goldcrest_session_run(opened, nullptr);
    return code != 0 ? code : goldcrest_session_top(opened, top, 3, &count, nullptr);
  };
  goldcrest_code code = GOLDCREST_LIMIT;
  int64_t allowed = 0;
  for (; code == GOLDCREST_LIMIT; ++allowed) {
    testing::FailingAllocations failing(allowed);
    code = classify();
  }
  EXPECT_EQ(code, GOLDCREST_OK) << allowed;
  EXPECT_GT(allowed, 100);
  testing::FailingAllocations failing(0);
  EXPECT_EQ(goldcrest_options_create(), nullptr);
}
#endif

TEST(CApi, OptionsAreTheProgramsFlags) {
  const std::vector<std::byte> model = testing::ColorModel(false);
  OptionsHandle options(goldcrest_options_create());
  auto set = [&](const char* name, const char* value) {
    goldcrest_error error{};
    goldcrest_code code = goldcrest_options_set(options.get(), name, value, &error);
    EXPECT_EQ(code, error.code);
    return std::string(error.message);
  };
  EXPECT_EQ(set("isa", "scalar"), "");
  EXPECT_EQ(set("arithmetic", "reference"), "");
  EXPECT_EQ(set("precision", "f32"), "");
  EXPECT_EQ(set("input_shapes", "1,6,8,3"), "");
  EXPECT_EQ(set("normalize", "none"), "");
  EXPECT_EQ(set("crop", "none"), "");
  EXPECT_EQ(set("resize", "tf2-bilinear"), "");
  SessionHandle session = Open(model, options.get());
  options.reset();
  EXPECT_STREQ(goldcrest_session_isa(session.get()), "scalar");
  EXPECT_EQ(goldcrest_tensor_shape(goldcrest_session_input(session.get(), 0))[2], 8);
  std::vector<uint8_t> pixels = Pixels({7, 8, 9}, 24);
  ASSERT_EQ(goldcrest_session_set_pixels(session.get(), pixels.data(), 8, 6, 0, nullptr), 0);
  ASSERT_EQ(goldcrest_session_run(session.get(), nullptr), 0);
  const void* data = goldcrest_tensor_data(goldcrest_session_output(session.get(), 0));
  EXPECT_FLOAT_EQ(static_cast<const float*>(data)[1], 8);

  options.reset(goldcrest_options_create());
  EXPECT_EQ(set("threads", "0"), "the option threads is '0'; it can be 1 to 256");
  EXPECT_EQ(set("thread", "2"), "there is no option 'thread'; did you mean threads?");
  EXPECT_EQ(set("colour", "2"),
            "there is no option 'colour'; there are threads, isa, arithmetic, precision, "
            "input-shapes, normalize, resize, crop, cache");
  EXPECT_EQ(set("arithmetic", "exact"),
            "the option arithmetic is 'exact'; it can be xnnpack, reference or builtin");
  EXPECT_EQ(set("precision", "fp8"), "the option precision is 'fp8'; it can be f32 or bf16");
  EXPECT_TRUE(set("isa", "mmx").starts_with("the option isa is 'mmx'; on this machine"));
  EXPECT_TRUE(set("normalize", "so").starts_with("the normalization 'so'"))
      << set("normalize", "so");
}

TEST(CApi, ErrorsSayWhatIsWrong) {
  goldcrest_error error{};
  auto* session = reinterpret_cast<goldcrest_session*>(&error);
  EXPECT_EQ(goldcrest_session_open("/no/such/m.tflite", nullptr, &session, &error),
            GOLDCREST_NOT_FOUND);
  EXPECT_EQ(session, nullptr);
  EXPECT_EQ(error.code, GOLDCREST_NOT_FOUND);
  EXPECT_STREQ(error.message, "reading /no/such/m.tflite › there is no folder /no/such");
  std::vector<std::byte> cut = testing::ColorModel();
  cut.resize(cut.size() / 2);
  EXPECT_EQ(goldcrest_session_open_memory(cut.data(), cut.size(), nullptr, &session, &error),
            GOLDCREST_INVALID);
  EXPECT_EQ(goldcrest_session_open_memory(cut.data(), 0, nullptr, &session, &error),
            GOLDCREST_INVALID);
  EXPECT_EQ(goldcrest_session_open(nullptr, nullptr, &session, &error), GOLDCREST_USAGE);
  EXPECT_STREQ(error.message, "path is null");

  const std::vector<std::byte> model = testing::ColorModel(false);
  SessionHandle good = Open(model);
  EXPECT_EQ(goldcrest_session_input_contract(good.get()), nullptr);
  std::vector<uint8_t> pixels = Pixels({1, 2, 3}, 24);
  EXPECT_EQ(goldcrest_session_set_pixels(good.get(), pixels.data(), 8, 6, 0, &error),
            GOLDCREST_UNSUPPORTED);
  EXPECT_NE(std::string(error.message).find("the option normalize"), std::string::npos);
  EXPECT_EQ(goldcrest_session_set_pixels(good.get(), pixels.data(), 8, 6, 23, &error),
            GOLDCREST_USAGE);
  EXPECT_EQ(goldcrest_session_set_pixels(good.get(), pixels.data(), 8, 6, -23, &error),
            GOLDCREST_USAGE);
  EXPECT_EQ(goldcrest_session_set_pixels(good.get(), pixels.data(), 0, 6, 0, &error),
            GOLDCREST_USAGE);
  EXPECT_EQ(goldcrest_session_set_pixels(good.get(), pixels.data(), 1 << 22, 1 << 22, 0, &error),
            GOLDCREST_LIMIT);
  EXPECT_EQ(goldcrest_session_set_pixels(good.get(), pixels.data(), INT64_MAX, 1, 0, &error),
            GOLDCREST_LIMIT);
}

TEST(CApi, ALongMessageLosesItsMiddle) {
  goldcrest_error error;
  std::memset(&error, 'x', sizeof(error));
  std::string path = "/no/";
  for (int i = 0; i < 1000; ++i) path += "ü";
  goldcrest_session* session = nullptr;
  EXPECT_EQ(goldcrest_session_open(path.c_str(), nullptr, &session, &error), GOLDCREST_NOT_FOUND);
  std::string message(error.message, strnlen(error.message, sizeof(error.message)));
  EXPECT_LT(message.size(), sizeof(error.message));
  EXPECT_GT(message.size(), sizeof(error.message) - 8);
  EXPECT_TRUE(message.starts_with("reading /no/üü"));
  EXPECT_NE(message.find("ü ... ü"), std::string::npos);
  EXPECT_TRUE(message.ends_with("there is no folder /no")) << message;
  EXPECT_TRUE(base::IsUtf8(message));
}

TEST(CApi, WritesOnlyWhatATensorTakes) {
  graph::Graph graph = testing::MustParse(R"(graph "integers"
  input %0 "x": int8[1, 2, 2, 3] scale=0.0078125 zero_point=-1
  %1 "y": float32[1, 2, 2, 3] = dequantize(%0)
  output %1
)");
  const auto model = formats::tflite::Write(graph);
  ASSERT_TRUE(model);
  SessionHandle session = Open(*model);
  goldcrest_tensor* input = goldcrest_session_input(session.get(), 0);
  const std::array<int64_t, 4> shape = {1, 2, 2, 3};
  std::vector<int8_t> elements = {-1, 127, -128, 0, 1, 2, 3, 4, 5, 6, 7, 8};
  ASSERT_EQ(
      goldcrest_tensor_write(input, GOLDCREST_INT8, shape.data(), 4, elements.data(), nullptr),
      GOLDCREST_OK);
  ASSERT_EQ(goldcrest_session_run(session.get(), nullptr), GOLDCREST_OK);
  const goldcrest_tensor* output = goldcrest_session_output(session.get(), 0);
  EXPECT_EQ(static_cast<const float*>(goldcrest_tensor_data(output))[1], 1);
  goldcrest_error error{};
  const std::vector<float> floats(12);
  EXPECT_EQ(
      goldcrest_tensor_write(input, GOLDCREST_FLOAT32, shape.data(), 4, floats.data(), &error),
      GOLDCREST_INVALID);
  EXPECT_STREQ(error.message,
               "'x' takes int8[1, 2, 2, 3], scale 0.0078125, zero point -1, not "
               "float32[1, 2, 2, 3]; an element is real / scale + zero point");
  EXPECT_EQ(goldcrest_tensor_write(input, GOLDCREST_INT8, shape.data(), 3, elements.data(), &error),
            GOLDCREST_INVALID);
  EXPECT_NE(std::string(error.message).find("not int8[1, 2, 2]"), std::string::npos);
  EXPECT_EQ(goldcrest_tensor_write(input, GOLDCREST_INT8, nullptr, 4, elements.data(), nullptr),
            GOLDCREST_USAGE);
  // What was there before stays.
  EXPECT_EQ(static_cast<const int8_t*>(goldcrest_tensor_data(input))[1], 127);
}

TEST(CApi, NullIsEmpty) {
  EXPECT_EQ(goldcrest_tensor_write(nullptr, GOLDCREST_INT8, nullptr, 0, nullptr, nullptr),
            GOLDCREST_USAGE);

  goldcrest_session_close(nullptr);
  goldcrest_options_destroy(nullptr);
  EXPECT_EQ(goldcrest_options_set(nullptr, "threads", "1", nullptr), GOLDCREST_USAGE);
  EXPECT_EQ(goldcrest_session_run(nullptr, nullptr), GOLDCREST_USAGE);
  EXPECT_EQ(goldcrest_session_input_count(nullptr), 0U);
  EXPECT_EQ(goldcrest_session_input(nullptr, 0), nullptr);
  EXPECT_EQ(goldcrest_session_output(nullptr, 0), nullptr);
  EXPECT_EQ(goldcrest_session_label(nullptr, 0), nullptr);
  EXPECT_EQ(goldcrest_session_note(nullptr, 0), nullptr);
  EXPECT_STREQ(goldcrest_session_isa(nullptr), "");
  EXPECT_EQ(goldcrest_session_arena_bytes(nullptr), 0U);
  EXPECT_STREQ(goldcrest_tensor_name(nullptr), "");
  EXPECT_EQ(goldcrest_tensor_rank(nullptr), 0U);
  EXPECT_EQ(goldcrest_tensor_shape(nullptr), nullptr);
  EXPECT_EQ(goldcrest_tensor_data(nullptr), nullptr);
  EXPECT_EQ(goldcrest_tensor_mutable_data(nullptr), nullptr);
}

TEST(CApi, SessionsOfOneModelRunSideBySide) {
  const std::vector<std::byte> model = testing::ColorModel(false);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&model, t] {
      SessionHandle session = Open(model);
      auto* elements = static_cast<float*>(
          goldcrest_tensor_mutable_data(goldcrest_session_input(session.get(), 0)));
      std::fill_n(elements, 48, static_cast<float>(t));
      for (int run = 0; run < 50; ++run) goldcrest_session_run(session.get(), nullptr);
      const void* data = goldcrest_tensor_data(goldcrest_session_output(session.get(), 0));
      EXPECT_EQ(*static_cast<const float*>(data), static_cast<float>(t));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(CApi, NotesOfAGuess) {
  const std::vector<std::byte> model = testing::ColorModel();
  SessionHandle session = Open(model);
  EXPECT_EQ(goldcrest_session_note_count(session.get()), 0U);
  graph::Graph rescaling = testing::MustParse(
      "input %0 \"x\": float32[-1, 32, 32, 3]\n"
      "const %1 \"s\": float32[1] = {0.0078431}\n"
      "%2 \"y\": float32[] = mul(%0, %1)\noutput %2\n");
  const std::vector<std::byte> bytes = *formats::tflite::Write(rescaling);
  session = Open(bytes);
  ASSERT_EQ(goldcrest_session_note_count(session.get()), 1U);
  EXPECT_NE(std::string(goldcrest_session_note(session.get(), 0)).find("guessed --normalize none"),
            std::string::npos);
}

TEST(CApi, TheHeadersVersionIsTheLibrarys) { EXPECT_STREQ(goldcrest_version(), GOLDCREST_VERSION); }

}  // namespace
}  // namespace goldcrest::api
