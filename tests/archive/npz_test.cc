#include "archive/npz.h"

#include <gtest/gtest.h>

#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::archive {
namespace {

using testing::ReadAll;
using testing::TemporaryFolder;

tensor::Tensor Ramp() {
  auto tensor = tensor::Tensor::Create(tensor::DType::kFloat32, {2, 3});
  for (size_t i = 0; i < 6; ++i) tensor->mutable_view().As<float>()[i] = static_cast<float>(i);
  return std::move(*tensor);
}

void WriteTwo(const std::string& path) {
  NpzWriter writer;
  ASSERT_TRUE(writer.Add("a", Ramp().view()));
  ASSERT_TRUE(writer.Add("layer/b:0", Ramp().view()));
  EXPECT_FALSE(writer.Add("a", Ramp().view()));
  auto bytes = writer.Finish();
  ASSERT_TRUE(bytes);
  ASSERT_TRUE(base::WriteFile(path, *bytes));
}

TEST(Npz, RoundTripsAndGivesTheSameBytes) {
  TemporaryFolder folder;
  WriteTwo(folder.File("1.npz"));
  WriteTwo(folder.File("2.npz"));
  EXPECT_TRUE(ReadAll(folder.File("1.npz")) == ReadAll(folder.File("2.npz")));
  auto reader = NpzReader::Open(folder.File("1.npz"));
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->names(), (std::vector<std::string>{"a", "layer/b:0"}));
  auto array = reader->Read("layer/b:0");
  ASSERT_TRUE(array);
  EXPECT_TRUE(std::ranges::equal(array->view().bytes, Ramp().view().bytes));
  EXPECT_FALSE(reader->Read("c"));
}

TEST(Npz, ReadsNumPysOwn) {
  REQUIRE_SHARED();
  auto reader = NpzReader::Open(testing::SharedFile("golden/inputs_224.npz"));
  ASSERT_TRUE(reader) << reader.error().ToString();
  auto inputs = reader->Read("u8");
  ASSERT_TRUE(inputs) << inputs.error().ToString();
  EXPECT_EQ(inputs->dtype(), tensor::DType::kUInt8);
  EXPECT_EQ(inputs->shape(), (tensor::Shape{20, 224, 224, 3}));
}

}  // namespace
}  // namespace goldcrest::archive
