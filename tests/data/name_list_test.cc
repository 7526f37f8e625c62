#include "data/name_list.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/strings.h"

namespace goldcrest::data {
namespace {

void ExpectKept(const std::vector<std::string>& names) {
  NameList list;
  for (const std::string& name : names) list.Add(name);
  ASSERT_EQ(list.size(), names.size());
  for (size_t i = 0; i < names.size(); ++i) EXPECT_EQ(list[i], names[i]) << i;
}

TEST(NameList, GivesNamesBackInAnyOrder) {
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i)
    names.push_back(base::Cat("data/class ", i / 7, "/", i * i, ".jpg"));
  ExpectKept(names);
  std::ranges::reverse(names);
  ExpectKept(names);
}

TEST(NameList, KeepsEqualEmptyAndForeignNames) {
  ExpectKept({"", "", "a", "a", "ab", "", "a", "größe.png", "grün.png", "\xff\xfe", "\xff",
              "data_batch_1.bin[17]"});
}

TEST(NameList, KeepsNamesThatShareMoreThanAByteCounts) {
  const std::string folder(255, 'x');
  const std::string deeper(300, 'x');
  ExpectKept({folder, folder + "a", folder + "b", folder, deeper + "c", deeper + "d", deeper});
}

}  // namespace
}  // namespace goldcrest::data
