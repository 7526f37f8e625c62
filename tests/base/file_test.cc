#include "base/file.h"

#include <gtest/gtest.h>

#include "support/temporary.h"

namespace goldcrest::base {
namespace {

using testing::ReadAll;
using testing::TemporaryFolder;

TEST(Error, PrintsContextFromTheOutsideInOnOneLine) {
  Status status = Within("reading m.tflite",
                         Within("operator 3", Status(Fail(ErrorCode::kInvalid, "bad\nname"))));
  EXPECT_EQ(status.error().ToString(), "reading m.tflite › operator 3 › bad?name");
}

TEST(MappedFile, HoldsTheFilesBytes) {
  TemporaryFolder folder;
  auto file = MappedFile::Open(folder.Write("a", "hello"));
  ASSERT_TRUE(file);
  EXPECT_EQ(AsText((*file)->bytes()), "hello");
  EXPECT_TRUE((*MappedFile::Open(folder.Write("empty", "")))->bytes().empty());
}

TEST(MappedFile, MissingFilesNameTheNearest) {
  TemporaryFolder folder;
  folder.Write("mobilenet.tflite", "");
  auto file = MappedFile::Open(folder.File("mobilnet.tflite"));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
  EXPECT_NE(file.error().message.find("did you mean " + folder.File("mobilenet.tflite")),
            std::string::npos);
  EXPECT_NE(MappedFile::Open("/no/such/folder/x").error().message.find("no folder"),
            std::string::npos);
}

TEST(MappedFile, RefusesWhatIsNoRegularFile) {
  TemporaryFolder folder;
  EXPECT_NE(MappedFile::Open(folder.File("")).error().message.find("folder"), std::string::npos);
  EXPECT_FALSE(MappedFile::Open("/dev/null"));
}

TEST(AtomicFile, AppearsOnlyAtCommit) {
  TemporaryFolder folder;
  std::string path = folder.Write("out", "old");
  {
    auto file = AtomicFile::Create(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->Write(AsBytes("new")));
    EXPECT_EQ(ReadAll(path), "old");
    EXPECT_EQ(ReadAll(file->temporary_path()), "new");
    ASSERT_TRUE(file->Commit());
  }
  EXPECT_EQ(ReadAll(path), "new");
  EXPECT_EQ(folder.file_count(), 1);
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  TemporaryFolder folder;
  {
    auto file = AtomicFile::Create(folder.File("out"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->Write(AsBytes("half")));
  }
  EXPECT_EQ(folder.file_count(), 0);
}

TEST(AtomicFile, RefusesFoldersAndMissingFolders) {
  TemporaryFolder folder;
  EXPECT_FALSE(AtomicFile::Create(folder.File("")));
  EXPECT_FALSE(AtomicFile::Create(folder.File("none/out")));
}

TEST(AtomicFile, AFullDiskIsAnError) {
  Status status = WriteFile("/dev/full/x", AsBytes("x"));
  EXPECT_FALSE(status);
}

}  // namespace
}  // namespace goldcrest::base
