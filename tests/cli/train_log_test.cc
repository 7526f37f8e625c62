// What `train --log` leaves behind, as a user calls it.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::ReadAll;
using testing::RunProgram;
using testing::SharedFile;
using testing::TemporaryFolder;

std::vector<std::string> Arguments(const TemporaryFolder& folder) {
  return {"train",      SharedFile("images/transfer/validation"),
          "--from",     SharedFile("models/keras_mobilenet_v1_025_224.h5"),
          "-o",         folder.File("model.keras"),
          "--epochs",   "3",
          "--no-cache", "--json"};
}

std::vector<std::string> With(std::vector<std::string> arguments,
                              const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(TrainLog, FilesPageAndDiagnosis) {
  REQUIRE_SHARED();
  const TemporaryFolder folder;
  const Ran ran = RunProgram(
      With(Arguments(folder), {"--log", folder.File("run"), "--html", folder.File("page.html"),
                               "--log-pictures", "--log-histograms"}));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const json report = json::parse(ran.out);
  // Of 30 validation pictures the interval is wide.
  const auto symptoms = report["diagnosis"];
  EXPECT_TRUE(std::ranges::any_of(symptoms, [](const json& finding) {
    return finding["symptom"] == "small_validation";
  })) << symptoms;
  EXPECT_NE(ran.err.find("diagnosis: validation set too small: "), std::string::npos) << ran.err;
  const std::string csv = ReadAll(folder.File("run/log.csv"));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 4) << csv;
  const std::string page = ReadAll(folder.File("run/report.html"));
  EXPECT_EQ(page, ReadAll(folder.File("page.html")));
  EXPECT_NE(page.find("<td>--epochs</td><td>3</td>"), std::string::npos);
  EXPECT_NE(page.find("<td>--momentum</td><td>0.9</td>"), std::string::npos);
  for (const char* part : {"train", "validation"}) {
    EXPECT_TRUE(std::filesystem::exists(folder.File("run/") + part)) << part;
  }
}

TEST(TrainLog, AFolderThatCannotBeMadeIsAnErrorBeforeAnythingIsLearned) {
  REQUIRE_SHARED();
  const TemporaryFolder folder;
  const Ran ran = RunProgram(With(Arguments(folder), {"--log", folder.Write("run", "")}));
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find("--log"), std::string::npos) << ran.err;
  EXPECT_EQ(ran.err.find("epoch 1"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder.File("model.keras")));
}

}  // namespace
}  // namespace goldcrest::cli
