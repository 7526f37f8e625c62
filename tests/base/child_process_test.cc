#include "base/child_process.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <thread>
#include <vector>

namespace goldcrest::base {
namespace {

constexpr ChildLimits kLimits{.memory_bytes = uint64_t{64} << 20,
                              .processor_time = std::chrono::milliseconds(2000)};

// What one byte asked of a child that runs `work` for it is answered with; -1 where it is lost.
int AskChild(const std::function<uint8_t(uint8_t)>& work, const ChildLimits& limits = kLimits) {
  auto child = ChildProcess::Start(limits, [&](Channel& channel) {
    uint8_t asked = 0;
    if (channel.ReceiveNumber(asked)) channel.SendNumber(work(asked));
  });
  EXPECT_TRUE(child);
  uint8_t answer = 0;
  bool answered =
      child->channel().SendNumber(uint8_t{20}) && child->channel().ReceiveNumber(answer);
  return answered ? answer : -1;
}

TEST(ChildProcess, Answers) {
  EXPECT_EQ(AskChild([](uint8_t x) { return static_cast<uint8_t>(x + 1); }), 21);
}

TEST(ChildProcess, ACrashIsALostAnswer) {
  EXPECT_EQ(AskChild([](uint8_t) -> uint8_t { std::abort(); }), -1);
}

// Here the handler would let it live.
TEST(ChildProcess, TheProgramsSignalHandlersAreNotTheChilds) {
  auto* before = std::signal(SIGUSR1, [](int) {});
  EXPECT_EQ(AskChild([](uint8_t) -> uint8_t {
              std::raise(SIGUSR1);
              return 1;
            }),
            -1);
  std::signal(SIGUSR1, before);
}

// A child that computes for ever is ended long before the parent's patience is.
TEST(ChildProcess, AHangIsALostAnswer) {
  ChildLimits limits = kLimits;
  limits.processor_time = std::chrono::milliseconds(100);
  limits.patience = std::chrono::hours(1);
  EXPECT_EQ(AskChild(
                [](uint8_t) -> uint8_t {
                  for (;;) std::this_thread::yield();
                },
                limits),
            -1);
}

TEST(ChildProcess, AChildThatSleepsIsALostAnswer) {
  ChildLimits limits = kLimits;
  limits.patience = std::chrono::milliseconds(100);
  EXPECT_EQ(AskChild(
                [](uint8_t) -> uint8_t {
                  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
                },
                limits),
            -1);
}

// Sanitizers reserve terabytes of addresses, and qemu-user knows no limit: there is none there.
#if !GOLDCREST_SANITIZED && !GOLDCREST_EMULATED
TEST(ChildProcess, MemoryIsLimited) {
  EXPECT_EQ(AskChild([](uint8_t) {
              void* memory = std::malloc(4 * kLimits.memory_bytes);
              return static_cast<uint8_t>(memory == nullptr ? 1 : 2);
            }),
            1);
}
#endif

TEST(ChildProcess, TextsAreCheckedForTheirLength) {
  auto child = ChildProcess::Start(kLimits, [](Channel& channel) {
    channel.SendText("short");
    channel.SendText("much too long");
  });
  std::string text;
  EXPECT_TRUE(child->channel().ReceiveText(text, 5));
  EXPECT_EQ(text, "short");
  EXPECT_FALSE(child->channel().ReceiveText(text, 5));
}

}  // namespace
}  // namespace goldcrest::base
