#include "pipeline/csv_log.h"

#include <gtest/gtest.h>

#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

using testing::ReadAll;

// What Keras 3.15's CSVLogger writes first where the learning rate is among the figures.
constexpr std::string_view kHeader = "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\n";

train::EpochReport Epoch(int64_t epoch, bool validated) {
  train::EpochReport report{.epoch = epoch, .training = {0.5, 0.75}, .rate = 0.001};
  if (validated) report.validation = train::Score{0.25, 0.875};
  return report;
}

TEST(CsvLog, EveryLineIsThereAtOnce) {
  const testing::TemporaryFolder folder;
  CsvLog log(folder.File("log.csv"));
  ASSERT_TRUE(log.Add(Epoch(1, true)));
  EXPECT_EQ(ReadAll(folder.File("log.csv")),
            std::string(kHeader) + "0,0.75,0.001,0.5,0.875,0.25\n");
  ASSERT_TRUE(log.Add(Epoch(2, false)));
  EXPECT_EQ(ReadAll(folder.File("log.csv")),
            std::string(kHeader) + "0,0.75,0.001,0.5,0.875,0.25\n1,0.75,0.001,0.5,NA,NA\n");
}

TEST(CsvLog, ANewRunBeginsAnewAndOneThatGoesOnKeepsWhatWasBefore) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.Write("log.csv", std::string(kHeader) + "0,a\n1,b\n2,c\n3,torn");
  CsvLog again(path);
  ASSERT_TRUE(again.Add(Epoch(3, false)));
  EXPECT_EQ(ReadAll(path), std::string(kHeader) + "0,a\n1,b\n2,0.75,0.001,0.5,NA,NA\n");
  CsvLog anew(path);
  ASSERT_TRUE(anew.Add(Epoch(1, false)));
  EXPECT_EQ(ReadAll(path), std::string(kHeader) + "0,0.75,0.001,0.5,NA,NA\n");
}

TEST(CsvLog, AFolderThatIsNotThere) {
  const testing::TemporaryFolder folder;
  CsvLog log(folder.File("nowhere/log.csv"));
  const Status status = log.Add(Epoch(1, true));
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("nowhere"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::pipeline
