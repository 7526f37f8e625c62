// train that is broken off, and goes on.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include "cli/train_fixture.h"

namespace goldcrest::cli {
namespace {

using testing::Ran;
using testing::RunProgram;
using testing::RunProgramInterrupted;

class TrainResume : public testing::TrainFixture {
 protected:
  using Clock = std::chrono::steady_clock;

  std::vector<std::string> Flags(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> flags = {
        "--from",  start_,        "--fine-tune",        "all",     "--epochs", "6",
        "--batch", "16",          "--augment",          "default", "--ema",    "0.9",
        "--head",  "dropout:0.3", "--checkpoint-every", "0"};
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
  }

  bool IsThere(const std::string& file) const {
    return std::filesystem::exists(folder_.File(file));
  }

  // Until a run ends by the signal that is sent as soon as `when` holds: on a busy machine it may
  // be over before.
  Ran MustInterrupt(const std::string& output, int signal,
                    const std::function<bool()>& when) const {
    Ran ran;
    for (int attempt = 0; attempt < 20; ++attempt) {
      for (const char* ending : {"", ".checkpoint"}) {
        std::filesystem::remove(folder_.File(output + ending));
      }
      std::filesystem::remove_all(folder_.File("log"));
      ran = RunProgramInterrupted(Command(output, Flags({"--log", folder_.File("log")})), signal,
                                  when);
      if (ran.exit_code != 0) break;
    }
    return ran;
  }
};

TEST_F(TrainResume, KilledAtAnyMomentItComesToTheSameBytes) {
  const auto start = Clock::now();
  MustTrain("whole.keras", Flags());
  const auto whole = Clock::now() - start;
  const std::string bytes = Bytes("whole.keras");
  testing::Random random(1);
  int from_a_checkpoint = 0;
  for (int point = 0; point < 20; ++point) {
    std::filesystem::remove(folder_.File("model.keras"));
    const double share = (point + (1 + random.Float()) / 2) / 20;
    const auto moment = Clock::now() + std::chrono::duration_cast<Clock::duration>(whole * share);
    RunProgramInterrupted(Command("model.keras", Flags()), SIGKILL,
                          [&] { return Clock::now() >= moment; });
    if (IsThere("model.keras")) {
      EXPECT_EQ(Bytes("model.keras"), bytes);
    }
    if (IsThere("model.keras.checkpoint")) ++from_a_checkpoint;
    MustTrain("model.keras", Flags({"--resume"}));
    ASSERT_EQ(Bytes("model.keras"), bytes) << "killed after " << share << " of the whole";
    ASSERT_FALSE(IsThere("model.keras.checkpoint"));
  }
  EXPECT_GE(from_a_checkpoint, 3);
}

TEST_F(TrainResume, AnInterruptionLeavesTheBestModelAndACheckpoint) {
  MustTrain("whole.keras", Flags());
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const Ran ran = MustInterrupt(
        "model.keras", signal, [&] { return std::ranges::count(Bytes("log/log.csv"), '\n') > 2; });
    EXPECT_EQ(ran.exit_code, 128 + signal) << ran.err;
    EXPECT_NE(ran.err.find("--resume"), std::string::npos) << ran.err;
    EXPECT_EQ(RunProgram({"inspect", folder_.File("model.keras")}).exit_code, 0);
    EXPECT_TRUE(IsThere("model.keras.checkpoint"));
    const nlohmann::json report =
        MustTrain("model.keras", Flags({"--resume", "--log", folder_.File("log")}));
    EXPECT_EQ(report["epochs"].size(), 6U);
    EXPECT_EQ(std::ranges::count(Bytes("log/log.csv"), '\n'), 7);
    EXPECT_EQ(Bytes("model.keras"), Bytes("whole.keras"));
  }
}

TEST_F(TrainResume, AnInterruptionInTheFirstEpochLeavesACheckpointAlone) {
  const Ran ran =
      MustInterrupt("model.keras", SIGINT, [&] { return IsThere("model.keras.checkpoint"); });
  EXPECT_EQ(ran.exit_code, 128 + SIGINT) << ran.err;
  EXPECT_TRUE(IsThere("model.keras.checkpoint"));
  EXPECT_NE(ran.err.find("epoch 1 of 6"), std::string::npos) << ran.err;
  EXPECT_FALSE(IsThere("model.keras"));
  EXPECT_EQ(ran.out, "");
}

TEST_F(TrainResume, GoesOnWithTheSameSettingsOnly) {
  MustInterrupt("model.keras", SIGINT, [&] { return IsThere("model.keras.checkpoint"); });
  const std::string checkpoint = Bytes("model.keras.checkpoint");
  ASSERT_NE(checkpoint, "");
  struct Case {
    std::vector<std::string> flags;
    std::string said;
  };
  for (const Case& c : {Case{{"--label-smoothing", "0.1"}, "--label-smoothing"},
                        Case{{"--seed", "1"}, "pictures to learn from"},
                        Case{{"--weight-decay", "0.25"}, "--weight-decay 0.25"},
                        Case{{"--precision", "bf16"}, "--precision bf16"},
                        Case{{"--validation-split", "0.4"}, "pictures to learn from"}}) {
    std::vector<std::string> flags = Flags({"--resume"});
    flags.insert(flags.end(), c.flags.begin(), c.flags.end());
    const Ran ran = RunProgram(Command("model.keras", flags));
    EXPECT_EQ(ran.exit_code, 1) << ran.err;
    EXPECT_NE(ran.err.find(c.said), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("model.keras.checkpoint"), std::string::npos) << ran.err;
  }
  EXPECT_EQ(Bytes("model.keras.checkpoint"), checkpoint);
  std::string damaged = checkpoint;
  damaged[damaged.size() / 2] ^= 1;
  for (const std::string& file : {damaged, checkpoint.substr(0, checkpoint.size() / 2),
                                  checkpoint.substr(0, 5), std::string()}) {
    folder_.Write("model.keras.checkpoint", file);
    const Ran ran = RunProgram(Command("model.keras", Flags({"--resume"})));
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_NE(ran.err.find("damaged"), std::string::npos) << ran.err;
    EXPECT_FALSE(IsThere("model.keras"));
  }
}

TEST_F(TrainResume, WithoutACheckpointItBeginsAnew) {
  const Ran ran = RunProgram(Command("model.keras", Flags({"--resume"})));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.err.find("begins anew"), std::string::npos) << ran.err;
}

TEST_F(TrainResume, AFullDiskLeavesNothingHalfWritten) {
  // A limit on the size of files: neither checkpoint nor model fits.
  std::vector<std::string> command = {"prlimit", "--fsize=100000", GOLDCREST_PROGRAM};
  const std::vector<std::string> program = Command("model.keras", Flags());
  command.insert(command.end(), program.begin(), program.end());
  const size_t before = folder_.file_count();
  const Ran ran = testing::RunCommand(command);
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_NE(ran.err.find("model.keras: File too large"), std::string::npos) << ran.err;
  EXPECT_EQ(folder_.file_count(), before);
  // A report that cannot be printed.
  const Ran printed = testing::RunCommand(
      {"sh", "-c", "exec \"$@\" > /dev/full", "sh", GOLDCREST_PROGRAM, "train",
       folder_.File("data"), "--from", start_, "--no-cache", "-o", folder_.File("model.keras")});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE(printed.err.find("standard output cannot be written"), std::string::npos);
}

TEST_F(TrainResume, WhatMayNotBeWrittenIsRefusedAtOnce) {
  const Ran ran = RunProgram(
      {"train", folder_.File("data"), "--from", start_, "-o", "/sys/model.keras", "--no-cache"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find("cannot write /sys/model.keras"), std::string::npos) << ran.err;
  EXPECT_EQ(ran.err.find("epoch"), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace goldcrest::cli
