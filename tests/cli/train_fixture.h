// Three classes of drawn pictures and a small network, to train.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/strings.h"
#include "cli/program.h"
#include "support/picture_files.h"
#include "support/random.h"
#include "support/temporary.h"

namespace goldcrest::testing {

inline constexpr int kDiscSide = 40;

// A disc of the class's colour somewhere on noise.
inline std::string Disc(int64_t label, int64_t index) {
  Random random(static_cast<uint64_t>(label * 1000 + index + 1));
  const int64_t x = random.Integer(12, kDiscSide - 12);
  const int64_t y = random.Integer(12, kDiscSide - 12);
  return MakeJpeg(kDiscSide, kDiscSide, false, [=, noise = random](int row, std::span<uint8_t> to) {
    Random own = noise;
    for (size_t i = 0; i < to.size(); ++i) {
      const auto column = static_cast<int64_t>(i / 3);
      const bool inside = (column - x) * (column - x) + (row - y) * (row - y) < 100;
      const bool bright = static_cast<int64_t>(i % 3) == label;
      to[i] = static_cast<uint8_t>(inside ? (bright ? 230 : 30) : 90 + own.Integer(0, 60));
    }
  });
}

class TrainFixture : public ::testing::Test {
 protected:
  static constexpr int64_t kPictures = 20;  // of each class

  void SetUp() override {
    const std::vector<std::string> names = {"red", "green", "blue"};
    for (size_t label = 0; label < names.size(); ++label) {
      std::filesystem::create_directories(folder_.File("data/" + names[label]));
      for (int64_t i = 0; i < kPictures; ++i) {
        folder_.Write(base::Cat("data/", names[label], "/", i, ".jpg"),
                      Disc(static_cast<int64_t>(label), i));
      }
    }
    const Ran made = RunProgram({"convert", "--architecture", "mobilenet_v1", "--alpha", "0.25",
                                 "--size", "32", "--weights", "random", "-o", start_});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  std::vector<std::string> Command(const std::string& output,
                                   const std::vector<std::string>& more) const {
    std::vector<std::string> command = {
        "train",   folder_.File("data"), "-o", folder_.File(output), "--json",
        "--cache", folder_.File("cache")};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  nlohmann::json MustTrain(const std::string& output, const std::vector<std::string>& more) const {
    const Ran ran = RunProgram(Command(output, more));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return nlohmann::json::parse(ran.out, nullptr, false);
  }

  std::string Bytes(const std::string& file) const { return ReadAll(folder_.File(file)); }

  TemporaryFolder folder_;
  std::string start_ = folder_.File("start.keras");
};

}  // namespace goldcrest::testing
