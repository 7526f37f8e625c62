// Sessions that map packed weights give the same bytes as those that pack them.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <random>
#include <thread>

#include "api/session.h"
#include "base/hash.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::api {
namespace {

constexpr const char* kCachedModels[] = {
    "keras_mobilenet_v1_025_224.float.tf.tflite", "keras_mobilenet_v1_025_224.float16.tf.tflite",
    "keras_mobilenet_v1_025_224.int8.tf.tflite", "keras_mobilenet_v1_025_224.dynamic.tf.tflite",
    "keras_mobilenet_v1_025_224.int16x8.tf.tflite"};

std::vector<std::byte> RunOnNoise(Session& session) {
  std::minstd_rand random(1);
  const tensor::MutableTensorView input = session.input(0);
  if (input.dtype == tensor::DType::kFloat32) {
    for (float& x : input.As<float>()) x = static_cast<float>(random() % 256) / 127.5F - 1;
  } else {
    for (std::byte& x : input.bytes) x = static_cast<std::byte>(random());
  }
  session.Run();
  const std::span<const std::byte> output = session.output(0).bytes;
  return {output.begin(), output.end()};
}

// What the model gives, and what is said about the cache.
struct Ran {
  std::vector<std::byte> output;
  std::vector<std::string> notes;
};

Ran OpenAndRun(const std::string& path, const SessionOptions& options) {
  auto session = Session::Open(path, options);
  EXPECT_TRUE(session) << session.error().ToString();
  if (!session) return {};
  const std::span<const std::string> notes = session->cache_notes();
  return {RunOnNoise(*session), {notes.begin(), notes.end()}};
}

class CachedWeights : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder_;
  std::string cache_ = folder_.File("cache");
};

TEST_F(CachedWeights, GiveTheSameBytesOnEveryInstructionSetAndForAnyThreads) {
  REQUIRE_SHARED();
  for (const char* name : kCachedModels) {
    const std::string path = testing::SharedFile(std::string("models/") + name);
    for (base::Isa isa : base::MachineIsas()) {
      SCOPED_TRACE(::testing::Message() << name << " " << base::NameOf(isa));
      const Ran plain = OpenAndRun(path, {.threads = 2, .isa = isa});
      std::filesystem::remove(cache_);
      const Ran packed = OpenAndRun(path, {.threads = 2, .isa = isa, .cache = cache_});
      EXPECT_EQ(packed.output, plain.output);
      EXPECT_EQ(packed.notes.size(), 1U);
      for (const int threads : {1, 3}) {
        const Ran mapped = OpenAndRun(path, {.threads = threads, .isa = isa, .cache = cache_});
        EXPECT_EQ(mapped.output, plain.output);
        EXPECT_EQ(mapped.notes.size(), 0U);
      }
    }
  }
}

TEST_F(CachedWeights, InBfloat16) {
  REQUIRE_SHARED();
  const std::string path = testing::SharedFile(std::string("models/") + kCachedModels[0]);
  const SessionOptions rounded = {.precision = tensor::Precision::kBfloat16, .cache = cache_};
  if (!tensor::Has(base::MachineIsa(), tensor::Precision::kBfloat16)) {
    EXPECT_FALSE(Session::Open(path, rounded));  // refused, with a cache too
    return;
  }
  const Ran plain = OpenAndRun(path, {.precision = tensor::Precision::kBfloat16});
  OpenAndRun(path, {.cache = cache_});  // of float32
  const Ran anew = OpenAndRun(path, rounded);
  EXPECT_EQ(anew.output, plain.output);
  EXPECT_EQ(anew.notes.size(), 1U);
  const Ran mapped = OpenAndRun(path, rounded);
  EXPECT_EQ(mapped.output, plain.output);
  EXPECT_EQ(mapped.notes.size(), 0U);
}

// Each model finds what the one before left.
TEST_F(CachedWeights, OfAnotherModelMachineOrArithmeticAreNotTaken) {
  REQUIRE_SHARED();
  for (int round = 0; round < 2; ++round) {
    for (const char* name : kCachedModels) {
      const std::string path = testing::SharedFile(std::string("models/") + name);
      for (const base::Isa isa : base::MachineIsas()) {
        SCOPED_TRACE(::testing::Message() << name << " " << base::NameOf(isa));
        const bool first = !std::filesystem::exists(cache_);
        const Ran ran = OpenAndRun(path, {.isa = isa, .cache = cache_});
        EXPECT_EQ(ran.output, OpenAndRun(path, {.isa = isa}).output);
        for (const std::string& note : ran.notes) {  // several levels have the same rows
          EXPECT_EQ(note.contains("are written anew"), !first) << note;
        }
      }
    }
  }
  const std::string path = testing::SharedFile(std::string("models/") + kCachedModels[2]);
  for (const auto arithmetic : {tensor::Arithmetic::kXnnpack, tensor::Arithmetic::kReference}) {
    const Ran ran = OpenAndRun(path, {.arithmetic = arithmetic, .cache = cache_});
    EXPECT_EQ(ran.output, OpenAndRun(path, {.arithmetic = arithmetic}).output);
    EXPECT_EQ(ran.notes.size(), 1U);
  }
}

TEST_F(CachedWeights, TruncatedAndDamagedFilesAreWrittenAnew) {
  REQUIRE_SHARED();
  const std::string path = testing::SharedFile(std::string("models/") + kCachedModels[2]);
  const Ran plain = OpenAndRun(path, {.cache = cache_});
  const std::string whole = testing::ReadAll(cache_);
  std::minstd_rand random(2);
  for (int i = 0; i < 60; ++i) {
    std::string damaged = whole;
    if (i % 3 == 0) damaged.resize(random() % whole.size());
    if (i % 3 == 1) damaged[random() % 1024] ^= static_cast<char>(1 + random() % 255);
    if (i % 3 == 2) damaged[random() % whole.size()] ^= static_cast<char>(1 + random() % 255);
    folder_.Write("cache", damaged);
    EXPECT_EQ(OpenAndRun(path, {.cache = cache_}).output, plain.output) << i;
    const Ran after = OpenAndRun(path, {.cache = cache_});
    EXPECT_EQ(after.output, plain.output) << i;
    EXPECT_EQ(after.notes.size(), 0U) << i;
  }
}

// Whoever can forge the hashes decides what the model answers, as one who can write the model does;
// the answer is wrong, and that is all.
TEST_F(CachedWeights, ForgedWeightsDoNotCrash) {
  REQUIRE_SHARED();
  for (const char* name : {kCachedModels[0], kCachedModels[2], kCachedModels[3]}) {
    const std::string path = testing::SharedFile(std::string("models/") + name);
    for (const base::Isa isa : base::MachineIsas()) {
      std::filesystem::remove(cache_);
      OpenAndRun(path, {.isa = isa, .cache = cache_});
      std::string forged = testing::ReadAll(cache_);
      std::vector<uint64_t> words(forged.size() / 8);
      std::memcpy(words.data(), forged.data(), words.size() * 8);
      std::minstd_rand random(3);
      const uint64_t entries = words[1];
      words[2] = words[0];
      for (uint64_t i = 0; i < entries; ++i) {
        uint64_t* entry = &words[8 + i * 4];  // key, offset, size, hash
        auto* bytes = reinterpret_cast<std::byte*>(words.data()) + entry[1];
        for (uint64_t k = 0; k < entry[2]; ++k) bytes[k] = static_cast<std::byte>(random() >> 8);
        entry[3] = base::Hash(entry[0], std::span(bytes, entry[2]));
        words[2] = base::Hash(words[2], std::as_bytes(std::span(entry, 4)));
      }
      folder_.Write("cache", base::AsText(std::as_bytes(std::span(words))));
      EXPECT_EQ(OpenAndRun(path, {.isa = isa, .cache = cache_}).notes.size(), 0U);
    }
  }
}

TEST_F(CachedWeights, SeveralWritersLeaveOneWholeFile) {
  REQUIRE_SHARED();
  const std::string path = testing::SharedFile(std::string("models/") + kCachedModels[2]);
  const Ran plain = OpenAndRun(path, {});
  for (int round = 0; round < 10; ++round) {
    std::filesystem::remove(cache_);
    std::vector<Ran> ran(4);
    std::vector<std::thread> writers;
    for (Ran& one : ran) {
      writers.emplace_back([&] { one = OpenAndRun(path, {.threads = 2, .cache = cache_}); });
    }
    for (std::thread& writer : writers) writer.join();
    for (const Ran& one : ran) EXPECT_EQ(one.output, plain.output);
    EXPECT_EQ(folder_.file_count(), 1U);
    EXPECT_EQ(OpenAndRun(path, {.cache = cache_}).notes.size(), 0U);
  }
}

TEST_F(CachedWeights, LieBesideTheModelOrNowhereWhereItHasNoFile) {
  REQUIRE_SHARED();
  const std::string model =
      testing::ReadAll(testing::SharedFile(std::string("models/") + kCachedModels[2]));
  const std::string path = folder_.Write("m.tflite", model);
  SessionOptions options;
  ASSERT_TRUE(SetOption(options, "cache", "beside"));
  const Ran ran = OpenAndRun(path, options);
  ASSERT_EQ(ran.notes.size(), 1U);
  EXPECT_EQ(ran.notes[0], "packed weights are kept in " + path + ".goldcrest-cache");
  EXPECT_TRUE(std::filesystem::exists(path + ".goldcrest-cache"));
  const auto session = Session::OpenMemory(base::AsBytes(model), options);
  ASSERT_FALSE(session);
  EXPECT_NE(session.error().message.find("give the option cache a file"), std::string::npos);
}

TEST_F(CachedWeights, AFolderThatCannotBeWrittenIsANote) {
  REQUIRE_SHARED();
  const std::string path = testing::SharedFile(std::string("models/") + kCachedModels[2]);
  const Ran ran = OpenAndRun(path, {.cache = "/proc/goldcrest/cache"});
  EXPECT_EQ(ran.output, OpenAndRun(path, {}).output);
  ASSERT_EQ(ran.notes.size(), 1U);
  EXPECT_TRUE(ran.notes[0].starts_with("packed weights are not kept: cannot write /proc/"));
}

}  // namespace
}  // namespace goldcrest::api
