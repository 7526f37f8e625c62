// --cache of the commands that run a model.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "cli/program.h"
#include "support/shared.h"
#include "support/temporary.h"
#include "tensor/npy.h"

namespace goldcrest::cli {
namespace {

using testing::Ran;
using testing::RunProgram;

class CacheFlag : public ::testing::Test {
 protected:
  void SetUp() override {
    const Ran made = RunProgram({"convert", "--architecture", "mobilenet_v1", "--alpha", "0.25",
                                 "--size", "32", "--weights", "random", "-o", model_});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  testing::TemporaryFolder folder_;
  std::string model_ = folder_.File("model.tflite");
  std::string beside_ = model_ + ".goldcrest-cache";
};

TEST_F(CacheFlag, RunWritesItOnceAndGivesTheSame) {
  auto input = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 32, 32, 3});
  ASSERT_TRUE(input);
  folder_.Write("x.npy", base::AsText(tensor::WriteNpy(input->view())));
  const auto run = [&](const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "run", model_, "--input", folder_.File("x.npy"), "--output", folder_.File(name)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = RunProgram(arguments);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.err;
  };
  EXPECT_EQ(run("plain.npy", {}), "");
  EXPECT_FALSE(std::filesystem::exists(beside_));
  EXPECT_EQ(run("packed.npy", {"--cache"}), "note: packed weights are kept in " + beside_ + "\n");
  EXPECT_EQ(run("mapped.npy", {"--cache"}), "");
  const std::string file = folder_.File("kept");
  EXPECT_EQ(run("other.npy", {"--cache=" + file}),
            "note: packed weights are kept in " + file + "\n");
  const std::string plain = testing::ReadAll(folder_.File("plain.npy"));
  for (const char* name : {"packed.npy", "mapped.npy", "other.npy"}) {
    EXPECT_EQ(testing::ReadAll(folder_.File(name)), plain) << name;
  }
}

TEST_F(CacheFlag, BenchmarkMeasuresTheStartWithIt) {
  const Ran ran = RunProgram({"benchmark", model_, "--cache", "--runs", "3", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");  // the start that wrote it was not measured
  EXPECT_TRUE(std::filesystem::exists(beside_));
  const Ran refused = RunProgram({"benchmark", model_, "--cache=/proc/none/cache", "--runs", "3"});
  EXPECT_EQ(refused.exit_code, 0);
  EXPECT_NE(refused.err.find("note: packed weights are not kept: cannot write /proc/none/cache"),
            std::string::npos)
      << refused.err;
}

TEST_F(CacheFlag, ClassifyAndEvaluateTakeIt) {
  REQUIRE_SHARED();
  const std::string picture = testing::SharedFile("images/imagenet/000_n01440764.jpg");
  const std::vector<std::string> classify = {"classify", model_, picture, "--cache"};
  const std::vector<std::string> evaluate = {
      "evaluate", model_, "--data", folder_.File("data"), "--ignore-labels", "--cache"};
  std::filesystem::create_directory(folder_.File("data"));
  std::filesystem::copy(picture, folder_.File("data"));
  for (const auto& command : {classify, evaluate}) {
    std::filesystem::remove(beside_);
    const Ran first = RunProgram(command);
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_NE(first.err.find("packed weights are kept in " + beside_), std::string::npos)
        << first.err;
    const Ran second = RunProgram(command);
    EXPECT_EQ(second.exit_code, 0) << second.err;
    EXPECT_EQ(second.err.find("packed weights"), std::string::npos) << second.err;
  }
}

}  // namespace
}  // namespace goldcrest::cli
