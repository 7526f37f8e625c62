#include "pipeline/drawn_signs.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "data/pictures.h"
#include "decode/decode.h"
#include "drawing/signs.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

// By path below the folder.
std::map<std::string, std::string> FilesBelow(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[fs::relative(entry.path(), folder)] = testing::ReadAll(entry.path());
  }
  return files;
}

Status WriteSigns(const std::string& folder, int64_t pictures, int threads, uint64_t seed = 0) {
  base::ThreadPool pool(threads);
  return WriteDrawnSigns({.folder = folder, .pictures = pictures, .seed = seed}, pool,
                         [](double) {});
}

TEST(DrawnSigns, AnyNumberOfThreadsWritesTheSameFiles) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteSigns(folder.File("one"), 3, 1));
  ASSERT_TRUE(WriteSigns(folder.File("four"), 3, 4));
  ASSERT_TRUE(WriteSigns(folder.File("seed"), 3, 1, 1));
  const auto files = FilesBelow(folder.File("one"));
  EXPECT_EQ(files.size(), 3 * drawing::Signs().size());
  EXPECT_EQ(files, FilesBelow(folder.File("four")));
  EXPECT_NE(files, FilesBelow(folder.File("seed")));
}

TEST(DrawnSigns, AllDecodeToTheirSize) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteSigns(folder.File("signs"), 2, 2));
  const tensor::InputContract contract;
  for (const auto& [name, bytes] : FilesBelow(folder.File("signs"))) {
    const auto rows =
        data::OpenPicture(base::Cat(folder.File("signs"), "/", name), contract, 1 << 20);
    ASSERT_TRUE(rows) << name;
    EXPECT_EQ((*rows)->width(), 80) << name;
    EXPECT_EQ((*rows)->height(), 80) << name;
  }
}

TEST(DrawnSigns, ASmallerRunRemovesWhatALargerOneLeft) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteSigns(folder.File("signs"), 4, 2));
  const std::string own = folder.Write("signs/stop/mine.png", "mine");
  ASSERT_TRUE(WriteSigns(folder.File("signs"), 2, 2));
  EXPECT_EQ(FilesBelow(folder.File("signs")).size(), 2 * drawing::Signs().size() + 1);
  EXPECT_EQ(testing::ReadAll(own), "mine");
}

TEST(DrawnSigns, AFolderThatCannotBeMadeIsAnError) {
  const TemporaryFolder folder;
  const std::string file = folder.Write("file", "");
  const Status status = WriteSigns(file, 1, 1);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find(file), std::string::npos) << status.error().message;
  EXPECT_FALSE(MakeFolder(file));
}

}  // namespace
}  // namespace goldcrest::pipeline
