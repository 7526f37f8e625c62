#include "base/scratch_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <cstdlib>
#include <string>

#include "base/file.h"
#include "support/temporary.h"

namespace goldcrest::base {
namespace {

// A folder for temporary files that nothing else uses.
class ScratchFileTest : public ::testing::Test {
 protected:
  ScratchFileTest() { ::setenv("TMPDIR", folder_.File("").c_str(), 1); }
  ~ScratchFileTest() override { ::unsetenv("TMPDIR"); }

  testing::TemporaryFolder folder_;
};

TEST_F(ScratchFileTest, KeepsWhatIsWrittenAndHasNoName) {
  auto file = ScratchFile::Create(1000);
  ASSERT_TRUE(file) << file.error().ToString();
  EXPECT_EQ(folder_.file_count(), 0U);
  ASSERT_TRUE(file->Write(500, AsBytes("some bytes")));
  const ScratchFile moved = *std::move(file);
  std::array<std::byte, 12> read;
  ASSERT_TRUE(moved.Read(499, read));
  EXPECT_EQ(AsText(read), std::string("\0some bytes\0", 12));
  EXPECT_FALSE(moved.Read(990, read)) << "behind its end";
}

TEST_F(ScratchFileTest, WhatHasNoRoomIsRefused) {
  const auto huge = ScratchFile::Create(uint64_t{1} << 62);
  ASSERT_FALSE(huge);
  EXPECT_NE(huge.error().ToString().find("has no room for"), std::string::npos);
  ::setenv("TMPDIR", folder_.File("nowhere").c_str(), 1);
  EXPECT_FALSE(ScratchFile::Create(10));
}

// A write beyond this limit would end the process.
TEST_F(ScratchFileTest, TheLimitOfFileSizesIsKept) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_FALSE(ScratchFile::Create(4097));
  EXPECT_TRUE(ScratchFile::Create(4096));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
}

}  // namespace
}  // namespace goldcrest::base
