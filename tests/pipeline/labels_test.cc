#include "pipeline/labels.h"

#include <gtest/gtest.h>

#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

TEST(Labels, MustBeOneAClass) {
  testing::TemporaryFolder folder;
  std::vector<std::string> notes;
  auto labels = ReadLabels(folder.Write("l.txt", "ant\r\nbee\n\n"), 2, notes);
  ASSERT_TRUE(labels);
  EXPECT_EQ(*labels, (std::vector<std::string>{"ant", "bee"}));
  EXPECT_TRUE(notes.empty());
  labels = ReadLabels(folder.Write("l.txt", "background\nant\nbee\n"), 2, notes);
  ASSERT_TRUE(labels);
  EXPECT_EQ(labels->front(), "ant");
  EXPECT_EQ(notes.size(), 1U);
  auto error = ReadLabels(folder.Write("l.txt", "ant\nbee\ncat\n"), 2, notes);
  ASSERT_FALSE(error);
  EXPECT_NE(error.error().ToString().find("3 labels, but the model has 2 classes"),
            std::string::npos);
  EXPECT_FALSE(ReadLabels(folder.Write("l.txt", "background\nant\n"), 3, notes));
  // As many lines as classes, but one of them names nothing.
  error = ReadLabels(folder.Write("l.txt", "ant\n \r\nbee\n"), 3, notes);
  ASSERT_FALSE(error);
  EXPECT_NE(error.error().ToString().find("line 2 of 3 is empty"), std::string::npos);
  EXPECT_FALSE(ReadLabels(folder.Write("l.txt", ""), -1, notes));  // a scalar output
  EXPECT_FALSE(ReadLabels(folder.Write("l.txt", "\xff\xfe"), 1, notes));
}

}  // namespace
}  // namespace goldcrest::pipeline
