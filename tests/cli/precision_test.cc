// --precision bf16, on processors that have it and on others.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/program.h"
#include "support/shared.h"
#include "support/temporary.h"
#include "tensor/precision.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::RunProgram;

bool HasBfloat16() {
  const auto isa = base::AllowedIsa();
  return isa && tensor::Has(*isa, tensor::Precision::kBfloat16);
}

// GOLDCREST_ISA as long as it lives.
class IsaCap {
 public:
  explicit IsaCap(const char* cap) {
    if (const char* before = std::getenv(kName)) before_ = before;
    ::setenv(kName, cap, 1);
  }
  IsaCap(const IsaCap&) = delete;
  IsaCap& operator=(const IsaCap&) = delete;
  ~IsaCap() {
    if (before_) {
      ::setenv(kName, before_->c_str(), 1);
    } else {
      ::unsetenv(kName);
    }
  }

 private:
  static constexpr const char* kName = "GOLDCREST_ISA";
  std::optional<std::string> before_;
};

class PrecisionFlag : public ::testing::Test {
 protected:
  void SetUp() override {
    const Ran made = RunProgram({"convert", "--architecture", "mobilenet_v1", "--alpha", "0.25",
                                 "--size", "64", "--weights", "random", "-o", model_});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  json Benchmark(const std::string& precision) const {
    const Ran ran =
        RunProgram({"benchmark", model_, "--runs", "3", "--json", "--precision", precision});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.exit_code == 0 ? json::parse(ran.out) : json();
  }

  testing::TemporaryFolder folder_;
  std::string model_ = folder_.File("model.tflite");
};

TEST_F(PrecisionFlag, BenchmarkOffersItAndTellsWhatItChanges) {
  EXPECT_EQ(Benchmark("f32")["precision"], "f32");
  const Ran plain = RunProgram({"benchmark", model_, "--runs", "3"});
  EXPECT_EQ(plain.err.contains("--precision bf16"), HasBfloat16()) << plain.err;
  if (!HasBfloat16()) return;
  const json rounded = Benchmark("bf16");
  EXPECT_EQ(rounded["precision"], "bf16");
  // 8 bits are 48 dB; 28 layers add to the noise.
  EXPECT_GT(rounded["sqnr_db"], 20);
  EXPECT_LT(rounded["sqnr_db"], 70);
  const Ran words = RunProgram({"benchmark", model_, "--runs", "3", "--precision", "bf16"});
  EXPECT_NE(words.out.find("dB (signal to noise) from those in f32"), std::string::npos);
}

TEST_F(PrecisionFlag, RefusedWhereTheProcessorHasNone) {
  const IsaCap cap("scalar");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"benchmark", model_}, {"benchmark", model_, "--training"}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"--precision", "bf16"});
    const Ran ran = RunProgram(arguments);
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_NE(ran.err.find("bf16 needs avx512bf16 instructions"), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("leave the precision at f32"), std::string::npos) << ran.err;
  }
}

TEST_F(PrecisionFlag, OtherNamesAreErrors) {
  const Ran ran = RunProgram({"benchmark", model_, "--precision", "fp8"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_NE(ran.err.find("'fp8'; it can be f32 or bf16"), std::string::npos) << ran.err;
}

// Within 2 points of what float32 has on 200 pictures.
TEST_F(PrecisionFlag, RealPicturesGetNearlyTheSameAnswers) {
  REQUIRE_SHARED();
  if (!HasBfloat16()) return;  // refused, as above
  auto accuracy = [](const std::string& precision) {
    const Ran ran = RunProgram({"evaluate", testing::SharedFile("models/pretrainedResnet.h5"),
                                "--data", testing::SharedFile("images/cifar10/test_batch.bin"),
                                "--normalize", "none", "--json", "--precision", precision});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.exit_code == 0 ? json::parse(ran.out)["top1"].get<double>() : 0;
  };
  EXPECT_NEAR(accuracy("bf16"), accuracy("f32"), 2);
}

}  // namespace
}  // namespace goldcrest::cli
