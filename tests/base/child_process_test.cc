#include "base/child_process.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>
#include <vector>

namespace goldcrest::base {
namespace {

constexpr uint64_t kMemory = uint64_t{64} << 20;
constexpr std::chrono::milliseconds kPatience{2000};

// What one byte asked of a child that runs `work` for it is answered with; -1 where it is lost.
int AskChild(const std::function<uint8_t(uint8_t)>& work, std::chrono::milliseconds patience) {
  auto child = ChildProcess::Start(kMemory, patience, [&](Channel& channel) {
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
  EXPECT_EQ(AskChild([](uint8_t x) { return static_cast<uint8_t>(x + 1); }, kPatience), 21);
}

TEST(ChildProcess, ACrashIsALostAnswer) {
  EXPECT_EQ(AskChild([](uint8_t) -> uint8_t { std::abort(); }, kPatience), -1);
}

TEST(ChildProcess, AHangIsALostAnswer) {
  auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(AskChild(
                [](uint8_t) -> uint8_t {
                  for (;;) std::this_thread::yield();
                },
                std::chrono::milliseconds(100)),
            -1);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

// Sanitizers reserve terabytes of addresses, and qemu-user knows no limit: there is none there.
#if !GOLDCREST_SANITIZED && !GOLDCREST_EMULATED
TEST(ChildProcess, MemoryIsLimited) {
  EXPECT_EQ(AskChild(
                [](uint8_t) {
                  void* memory = std::malloc(4 * kMemory);
                  return static_cast<uint8_t>(memory == nullptr ? 1 : 2);
                },
                kPatience),
            1);
}
#endif

TEST(ChildProcess, TextsAreCheckedForTheirLength) {
  auto child = ChildProcess::Start(kMemory, kPatience, [](Channel& channel) {
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
