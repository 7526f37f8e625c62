#include "data/data_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "data/input_reader.h"
#include "support/picture_files.h"
#include "support/shared.h"
#include "support/temporary.h"
#include "tensor/npy.h"

namespace goldcrest::data {
namespace {

using testing::SharedFile;
using testing::TemporaryFolder;

std::vector<std::string> Names(const DataSet& set, const std::string& folder) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < set.size(); ++i) {
    names.push_back(set.name(i));
    if (names.back().starts_with(folder)) names.back().erase(0, folder.size());
  }
  return names;
}

std::vector<std::string> Labels(const DataSet& set) {
  std::vector<std::string> labels;
  for (int64_t i = 0; i < set.size(); ++i) {
    const int64_t label = set.label(i);
    labels.push_back(label < 0 ? "" : set.classes()[static_cast<size_t>(label)]);
  }
  return labels;
}

std::string MessageOf(const std::string& path) {
  auto set = Open(path);
  return set ? "opened" : set.error().ToString();
}

// An array of these bytes or floats as a .npy file.
template <class T>
std::string Npy(tensor::DType dtype, const tensor::Shape& shape, std::vector<T> elements) {
  auto npy = tensor::WriteNpy({dtype, shape, std::as_bytes(std::span(elements))});
  return std::string(base::AsText(npy));
}

using Strings = std::vector<std::string>;

TEST(Folders, SubFoldersAreClasses) {
  TemporaryFolder folder;
  for (const char* name : {"bee", "ant", ".hidden", "empty", "ant/deep"}) {
    std::filesystem::create_directory(folder.File(name));
  }
  const std::string picture = testing::MakeBmp(2, 2);
  for (const char* name : {"bee/b.bmp", "bee/a.BMP", "ant/deep/z.bmp", "ant/no_extension",
                           "ant/._a.jpg", ".hidden/c.bmp"}) {
    folder.Write(name, picture);
  }
  folder.Write("ant/notes.txt", "BM is how bitmaps begin, and this text");
  auto set = Open(folder.File(""));
  ASSERT_TRUE(set) << set.error().ToString();
  EXPECT_EQ(Names(**set, folder.File("")),
            (Strings{"ant/deep/z.bmp", "ant/no_extension", "bee/a.BMP", "bee/b.bmp"}));
  EXPECT_EQ(Labels(**set), (Strings{"ant", "ant", "bee", "bee"}));
  EXPECT_EQ((*set)->description(), "4 pictures in 2 class folders");
  // A subset has its share of every class, and is the same each time.
  auto two = Open(folder.File(""), {.limit = 2});
  EXPECT_EQ(Names(**two, folder.File("")), (Strings{"ant/deep/z.bmp", "bee/a.BMP"}));
  EXPECT_EQ(Labels(**two), (Strings{"ant", "bee"}));

  folder.Write("direct.bmp", picture);
  set = Open(folder.File(""));
  ASSERT_TRUE(set);
  EXPECT_EQ((*set)->size(), 5);
  EXPECT_TRUE((*set)->classes().empty());
  EXPECT_EQ((*set)->label(4), -1);
  ASSERT_EQ((*set)->notes().size(), 1U);
}

TEST(Folders, AnEmptyOneSaysWhatWasLookedFor) {
  TemporaryFolder folder;
  EXPECT_NE(MessageOf(folder.File("")).find("hold no pictures (.jpg, .jpeg, .png, .bmp"),
            std::string::npos);
  folder.Write("data_batch_1.bin", "x");
  EXPECT_NE(MessageOf(folder.File("")).find("it holds data_batch_1.bin: name that file"),
            std::string::npos);
  EXPECT_NE(MessageOf(folder.File("none")).find("no such file"), std::string::npos);
}

TEST(Lists, PathsAndLabels) {
  TemporaryFolder folder;
  for (const char* name : {"a.bmp", "b c.bmp", "d, e.bmp"}) {
    folder.Write(name, testing::MakeBmp(2, 2));
  }
  struct Case {
    const char* file;
    const char* text;
    Strings names;
    Strings labels;
  };
  const std::vector<Case> cases = {
      {"plain.txt", "b c.bmp\r\n\r\na.bmp\r\n", {"b c.bmp", "a.bmp"}, {"", ""}},
      {"l.tsv",
       "\xef\xbb\xbf"
       "a.bmp\tant\nb c.bmp\tbee hive\n",
       {"a.bmp", "b c.bmp"},
       {"ant", "bee hive"}},
      {"l.csv",
       "id,label,filename\n1,\"a \"\"b\"\"\",\"d, e.bmp\"\n2,ant,a.bmp",
       {"d, e.bmp", "a.bmp"},
       {"a \"b\"", "ant"}},
      {"caffe.txt", "a.bmp 17\nb c.bmp 3\n", {"a.bmp", "b c.bmp"}, {"17", "3"}},
      {"blanks.csv",
       "path, label\na.bmp, ant \nb c.bmp,\tbee hive\n",
       {"a.bmp", "b c.bmp"},
       {"ant", "bee hive"}},
      {"some.txt", "missing.bmp\na.bmp\n", {"missing.bmp", "a.bmp"}, {"", ""}},
  };
  for (const Case& c : cases) {
    auto set = Open(folder.Write(c.file, c.text));
    ASSERT_TRUE(set) << c.file << set.error().ToString();
    EXPECT_EQ(Names(**set, folder.File("")), c.names) << c.file;
    EXPECT_EQ(Labels(**set), c.labels) << c.file;
  }
  auto set = Open(folder.File("caffe.txt"));
  EXPECT_EQ((*set)->classes(), (Strings{"3", "17"}));  // as numbers
  EXPECT_EQ(Names(**Open(folder.File("plain.txt"), {.limit = 1}), folder.File("")),
            (Strings{"b c.bmp"}));

  EXPECT_NE(MessageOf(folder.Write("n.txt", "x.bmp\ny.bmp\n"))
                .find("none of the 2 files of the list exists; relative paths are relative to the "
                      "list's folder"),
            std::string::npos);
  EXPECT_NE(MessageOf(folder.Write("h.tsv", "a.bmp\tant\nb c.bmp\n")).find("has no label"),
            std::string::npos);
  EXPECT_NE(MessageOf(folder.Write("i.csv", "a.bmp,ant\na.bmp,ant\nb c.bmp, \n"))
                .find("while 2 others have one"),
            std::string::npos);
  EXPECT_NE(MessageOf(folder.Write("h.csv", "a.bmp,ant\nb c.bmp, \n")).find("b c.bmp has no label"),
            std::string::npos);
  EXPECT_NE(MessageOf(folder.Write("e.txt", "")).find("the list is empty"), std::string::npos);
  EXPECT_NE(MessageOf(folder.Write("b.dat", std::string_view("\0\1\2", 3)))
                .find("is no data set that is known"),
            std::string::npos);
}

TEST(Lists, TheSharedCalibrationList) {
  REQUIRE_SHARED();
  auto set = Open(SharedFile("images/calibration.txt"));
  ASSERT_TRUE(set) << set.error().ToString();
  EXPECT_EQ((*set)->size(), 100);
  EXPECT_TRUE((*set)->name(99).ends_with("images/imagenet/198_n02097209.jpg"));
  EXPECT_TRUE((*set)->OpenRows(99, {}, 1 << 20, decode::Precision::kExact));
}

TEST(Cifar10, RecordsAndNames) {
  TemporaryFolder folder;
  std::string record(3073, '\x05');
  record[1] = 1;         // red of the first pixel
  record[1 + 1024] = 2;  // green
  record[1 + 2048] = 3;  // blue
  record[1 + 32] = 9;    // red of the second row's first
  const std::string path = folder.Write("data_batch_1.bin", record + record);
  auto set = Open(path);
  ASSERT_TRUE(set) << set.error().ToString();
  EXPECT_EQ((*set)->size(), 2);
  EXPECT_EQ(Labels(**set), (Strings{"5", "5"}));
  EXPECT_EQ((*set)->name(1), path + "[1]");
  auto rows = (*set)->OpenRows(1, {}, 1, decode::Precision::kExact);
  ASSERT_TRUE(rows);
  const uint8_t* row = *(*rows)->NextRow();
  EXPECT_EQ((std::vector<int>{row[0], row[1], row[2], row[3]}), (std::vector<int>{1, 2, 3, 5}));
  EXPECT_EQ((*(*rows)->NextRow())[0], 9);
  folder.Write("batches.meta.txt", "a\nb\nc\nd\ne\nfrog\ng\nh\ni\nj\n\n");
  EXPECT_EQ(Labels(**Open(path)), (Strings{"frog", "frog"}));
  record[0] = 10;
  EXPECT_NE(MessageOf(folder.Write("bad.bin", record)).find("picture 0 has the class 10"),
            std::string::npos);
  EXPECT_NE(MessageOf(folder.Write("cut.bin", record.substr(1))).find("no multiple of 3073"),
            std::string::npos);
}

TEST(Arrays, PicturesAndTensors) {
  TemporaryFolder folder;
  std::vector<uint8_t> bytes(2 * 2 * 2 * 3);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i);
  auto set = Open(folder.Write("p.npy", Npy(tensor::DType::kUInt8, {2, 2, 2, 3}, bytes)));
  ASSERT_TRUE(set) << set.error().ToString();
  EXPECT_EQ((*set)->size(), 2);
  auto rows = (*set)->OpenRows(1, {}, 1, decode::Precision::kExact);
  ASSERT_TRUE(rows);
  EXPECT_EQ((*(*rows)->NextRow())[5], 17);
  EXPECT_EQ((*(*rows)->NextRow())[5], 23);
  // Grey pictures have three equal channels.
  set = Open(folder.Write("g.npy", Npy(tensor::DType::kUInt8, {6, 2, 2}, bytes)));
  rows = (*set)->OpenRows(5, {}, 1, decode::Precision::kExact);
  const uint8_t* row = *(*rows)->NextRow();
  EXPECT_EQ((std::vector<int>{row[0], row[2], row[3]}), (std::vector<int>{20, 20, 21}));

  set =
      Open(folder.Write("t.npy", Npy<float>(tensor::DType::kFloat32, {2, 3}, {1, 2, 3, 4, 5, 6})));
  ASSERT_TRUE(set) << set.error().ToString();
  auto array = (*set)->Array(1);
  ASSERT_TRUE(array);
  EXPECT_EQ(tensor::ToString(array->shape), "[3]");
  EXPECT_NE((*set)
                ->OpenRows(1, {}, 1, decode::Precision::kExact)
                .error()
                .ToString()
                .find("is no picture but float32[3]"),
            std::string::npos);
  EXPECT_NE(MessageOf(folder.Write("0.npy", Npy<float>(tensor::DType::kFloat32, {0, 3}, {})))
                .find("holds no samples"),
            std::string::npos);
  std::vector<int8_t> many((1 << 23) + 1);
  EXPECT_NE(MessageOf(folder.Write("m.npy", Npy(tensor::DType::kInt8, {(1 << 23) + 1, 1}, many)))
                .find("holds more than 8388608 samples"),
            std::string::npos);
}

TEST(Arrays, AnArchiveWithLabels) {
  REQUIRE_SHARED();
  auto set = Open(SharedFile("golden/inputs_224.npz"));
  ASSERT_TRUE(set) << set.error().ToString();
  EXPECT_EQ((*set)->size(), 20);
  tensor::Tensor labels = testing::Golden("inputs_224.npz", "label");
  for (int64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(Labels(**set)[static_cast<size_t>(i)],
              base::Cat(static_cast<int64_t>(
                  tensor::ElementAsDouble(labels.view(), static_cast<size_t>(i)))));
  }
}

TEST(InputReader, PicturesOfTheModelsSizeAreTakenWhole) {
  REQUIRE_SHARED();
  auto set = Open(SharedFile("golden/inputs_224.npz"));
  ASSERT_TRUE(set);
  tensor::InputContract contract;
  contract.width = contract.height = 224;
  contract.normalization.kind = tensor::NormalizationKind::kTf;
  auto reader = InputReader::Create(**set, {.contract = contract});
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->takes_whole());
  auto input = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 224, 224, 3});
  ASSERT_TRUE(reader->Read(3, input->mutable_view()));
  tensor::Tensor golden = testing::GoldenInput(3);
  EXPECT_TRUE(std::ranges::equal(input->view().bytes, golden.view().bytes));
}

TEST(InputReader, TensorsAreCopiedOrQuantized) {
  TemporaryFolder folder;
  const std::string path = folder.Write(
      "t.npy", Npy<float>(tensor::DType::kFloat32, {2, 4}, {0, 0, 0, 0, -9, 0.25, 0.75, NAN}));
  auto set = Open(path);
  ASSERT_TRUE(set);
  auto reader = InputReader::Create(**set, {.quantization = {{0.5F}, {-3}}});
  ASSERT_TRUE(reader);
  auto floats = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 4});
  ASSERT_TRUE(reader->Read(1, floats->mutable_view()));
  EXPECT_EQ(floats->view().As<float>()[2], 0.75F);
  auto integers = tensor::Tensor::Create(tensor::DType::kInt8, {1, 4});
  ASSERT_TRUE(reader->Read(1, integers->mutable_view()));
  // Half to even: 0.5 is 0, 1.5 is 2.
  const auto q = integers->view().As<int8_t>();
  EXPECT_EQ(std::vector<int>(q.begin(), q.end()), (std::vector<int>{-21, -3, -1, -128}));
  auto other = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 5});
  Status status = reader->Read(1, other->mutable_view());
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().ToString().find(
                "t.npy[1] › the sample is float32[4], but the model takes float32[1, 5]"),
            std::string::npos);
}

TEST(InputReader, AModelThatTakesNoPictures) {
  TemporaryFolder folder;
  folder.Write("a.bmp", testing::MakeBmp(2, 2));
  auto set = Open(folder.File(""));
  auto reader = InputReader::Create(**set, {});
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.error().ToString().find("--normalize"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::data
