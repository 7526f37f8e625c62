// demo, as a user runs it, with few pictures.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sstream>

#include "cli/program.h"
#include "data/folder.h"
#include "decode/describe.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

namespace fs = std::filesystem;
using testing::Ran;
using testing::ReadAll;
using testing::RunProgram;
using testing::TemporaryFolder;

std::vector<std::string> SmallDemo(const std::string& folder) {
  return {"demo", "-o",        folder, "--pictures", "8", "--test-pictures", "2", "--epochs",
          "1",    "--threads", "2",    "--seed",     "5"};
}

// The arguments of the command that does the work of a step, as it was printed.
std::vector<std::string> PrintedCommand(const std::string& out, const std::string& name) {
  const std::string start = "$ goldcrest " + name + " ";
  const size_t from = out.find(start);
  if (from == std::string::npos) return {};
  std::istringstream line(out.substr(from + 12, out.find('\n', from) - from - 12));
  return {std::istream_iterator<std::string>(line), {}};
}

size_t Occurrences(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Demo, WritesPicturesModelsAnswersAndAPageThatNeedsNothingElse) {
  const TemporaryFolder folder;
  const Ran ran = RunProgram(SmallDemo(folder.File("demo")));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  for (const char* file : {"signs.keras", "signs.tflite", "signs_int8.tflite"}) {
    EXPECT_GT(fs::file_size(folder.File("demo/") + file), 100000U) << file;
  }
  const auto training = data::OpenFolder(folder.File("demo/signs/train"));
  ASSERT_TRUE(training);
  EXPECT_EQ((*training)->size(), 12 * 8);
  const auto test = data::OpenFolder(folder.File("demo/signs/test"));
  ASSERT_TRUE(test);
  EXPECT_EQ((*test)->size(), 12 * 2);
  const std::string sheet = ReadAll(folder.File("demo/answers.png"));
  EXPECT_EQ(decode::Describe(std::as_bytes(std::span(sheet))).format, decode::Format::kPng);
  EXPECT_NE(ran.out.find("of 24 are right"), std::string::npos) << ran.out;

  const std::string page = ReadAll(folder.File("demo/report.html"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
  EXPECT_EQ(Occurrences(page, "<h2>"), 8U);
  EXPECT_EQ(Occurrences(page, "<img "), 2U * 12 + 24);
  EXPECT_EQ(Occurrences(page, "<svg "), 4U + 2);  // curves; accuracy, confusion
  for (const char* part : {"<script", "http:", "https:", "<link", "url("}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
}

TEST(Demo, TheCommandsThatItPrintsDoWhatItDid) {
  const TemporaryFolder folder;
  const Ran ran = RunProgram(SmallDemo(folder.File("demo")));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  for (const char* name : {"train", "convert", "quantize"}) {
    std::vector<std::string> command = PrintedCommand(ran.out, name);
    ASSERT_GT(command.size(), 3U) << ran.out;
    const std::string output = command.back();
    command.back() = folder.File("again" + fs::path(output).extension().string());
    const Ran again = RunProgram(command);
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(ReadAll(command.back()), ReadAll(output)) << name;
  }
  for (const char* name : {"evaluate", "compare", "classify"}) {
    const Ran again = RunProgram(PrintedCommand(ran.out, name));
    EXPECT_EQ(again.exit_code, 0) << again.err;
  }
}

TEST(Demo, TwoRunsOfOneSeedWriteTheSameModels) {
  const TemporaryFolder folder;
  ASSERT_EQ(RunProgram(SmallDemo(folder.File("a"))).exit_code, 0);
  ASSERT_EQ(RunProgram(SmallDemo(folder.File("b"))).exit_code, 0);
  for (const char* file : {"signs.keras", "signs.tflite", "signs_int8.tflite", "answers.png"}) {
    EXPECT_EQ(ReadAll(folder.File("a/") + file), ReadAll(folder.File("b/") + file)) << file;
  }
}

TEST(Demo, AFolderThatCannotBeWrittenIsRefusedBeforeAnythingIsDrawn) {
  const TemporaryFolder folder;
  for (const std::string& output :
       {folder.Write("file", ""), folder.File("file/below"), std::string("/proc/goldcrest")}) {
    const Ran ran = RunProgram(SmallDemo(output));
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_NE(ran.err.find(output), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("-o"), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
}

TEST(Demo, InterruptedItLeavesNoHalfWrittenFile) {
  const TemporaryFolder folder;
  const std::string below = folder.File("demo/signs/train/stop");
  const Ran ran =
      testing::RunProgramInterrupted({"demo", "-o", folder.File("demo"), "--pictures", "400"},
                                     SIGINT, [&] { return fs::exists(below + "/0003.png"); });
  EXPECT_EQ(ran.exit_code, 128 + SIGINT) << ran.err;
  size_t pictures = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.File("demo"))) {
    if (!entry.is_regular_file()) continue;
    ++pictures;
    EXPECT_EQ(entry.path().extension(), ".png") << entry.path();
    // A whole PNG ends with its last chunk.
    EXPECT_NE(ReadAll(entry.path()).find("IEND"), std::string::npos) << entry.path();
  }
  EXPECT_GE(pictures, 4U);
}

TEST(Demo, InterruptedWhileTrainingItBeginsAnewTheNextTime) {
  const TemporaryFolder folder;
  const std::string last_drawn = folder.File("demo/signs/test/traffic_lights/0001.png");
  const Ran ran = testing::RunProgramInterrupted({"demo", "-o", folder.File("demo"), "--pictures",
                                                  "8", "--test-pictures", "2", "--epochs", "10000"},
                                                 SIGINT, [&] { return fs::exists(last_drawn); });
  EXPECT_EQ(ran.exit_code, 128 + SIGINT) << ran.err;
  for (const auto& entry : fs::recursive_directory_iterator(folder.File("demo"))) {
    if (!entry.is_regular_file() || entry.path().extension() == ".png") continue;
    EXPECT_EQ(entry.path().filename(), "signs.keras");  // the best so far
  }
  const Ran again = RunProgram(SmallDemo(folder.File("demo")));
  EXPECT_EQ(again.exit_code, 0) << again.err;
}

TEST(Demo, SaysWhatItsFlagsAre) {
  const Ran help = RunProgram({"demo", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* flag : {"--output", "--seed", "--threads", "--pictures", "--epochs"}) {
    EXPECT_NE(help.out.find(flag), std::string::npos) << flag;
  }
  EXPECT_EQ(RunProgram({"demo", "--epochs", "0"}).exit_code, 2);
}

}  // namespace
}  // namespace goldcrest::cli
