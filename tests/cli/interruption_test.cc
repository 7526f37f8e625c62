// What the program leaves behind when it is interrupted.
#include <gtest/gtest.h>

#include <csignal>

#include "cli/program.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

using testing::Ran;
using testing::ReadAll;
using testing::TemporaryFolder;

// Interrupted while the new file is being checked, under its temporary name. On a busy machine a
// conversion may be over before anybody sees that name: then there is another.
TEST(Interruption, ConvertLeavesTheFolderAsItWas) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    TemporaryFolder folder;
    std::string model;
    Ran ran;
    for (int attempt = 0; attempt < 20 && ReadAll(model) != "old"; ++attempt) {
      model = folder.Write("model.tflite", "old");
      ran = testing::RunProgramInterrupted(
          {"convert", "--architecture", "mobilenet_v1", "--weights", "random", "-o", model}, signal,
          [&] { return folder.file_count() > 1; });
    }
    EXPECT_EQ(ReadAll(model), "old");
    EXPECT_EQ(ran.exit_code, 128 + signal) << ran.err;
    EXPECT_EQ(folder.file_count(), 1);
  }
}

}  // namespace
}  // namespace goldcrest::cli
