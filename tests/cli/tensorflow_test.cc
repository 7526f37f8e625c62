// TensorFlow's models on the command line: flags, their older spellings, and errors.
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/program.h"
#include "support/read_model.h"
#include "support/saved_model_files.h"
#include "support/temporary.h"
#include "support/tensorflow_files.h"

namespace goldcrest::cli {
namespace {

using testing::Ran;
using testing::RunProgram;
using testing::TemporaryFolder;

class TensorFlowCli : public ::testing::Test {
 protected:
  Ran Convert(const std::string& model, std::vector<std::string> flags = {}) {
    flags.insert(flags.begin(), {"convert", model, "-o", folder_.File("out.tflite")});
    return RunProgram(flags);
  }

  void ExpectRefused(const std::string& model, const std::vector<std::string>& flags, int exit_code,
                     const std::string& part) {
    const Ran ran = Convert(model, flags);
    EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
    EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(folder_.File("out.tflite")));
  }

  // The folder of a SavedModel.
  std::string WriteSavedModel() {
    const testing::SavedModelParts parts = testing::SmallSavedModel();
    std::filesystem::create_directories(folder_.File("model/variables"));
    folder_.Write("model/saved_model.pb", parts.saved_model);
    folder_.Write("model/variables/variables.index", parts.index);
    folder_.Write("model/variables/variables.data-00000-of-00001", parts.shard);
    return folder_.File("model");
  }

  TemporaryFolder folder_;
  const std::string frozen_ =
      folder_.Write("frozen.pb", testing::Serialized(testing::SmallNetwork()));
};

TEST_F(TensorFlowCli, EndsAreGuessedAndTheGuessIsSaid) {
  const Ran ran = Convert(frozen_);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.err.find("note: read from x to probabilities, which is a guess"), std::string::npos)
      << ran.err;
  const graph::Graph graph = testing::MustRead(folder_.File("out.tflite"));
  EXPECT_EQ(graph.input_names, std::vector<std::string>{"x"});
  EXPECT_EQ(graph.output_names, std::vector<std::string>{"probabilities"});
}

TEST_F(TensorFlowCli, FlagsInAllTheirSpellings) {
  const std::vector<std::string> kSpellings[] = {
      {"--input_arrays", "conv", "--output_arrays", "relu,mean_of", "--input_shapes", "1,6,5,4"},
      {"--input_array=conv", "--output_array=relu,mean_of", "--input_shape=1,6,5,4"},
      {"--input-arrays=conv:0", "--output-arrays=relu:0", "--output-arrays=mean_of",
       "--input-shapes=1,6,5,4"},
  };
  for (const std::vector<std::string>& flags : kSpellings) {
    const Ran ran = Convert(frozen_, flags);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(ran.err.find("which is a guess"), std::string::npos) << ran.err;
    const graph::Graph graph = testing::MustRead(folder_.File("out.tflite"));
    EXPECT_EQ(graph.output_names, (std::vector<std::string>{"relu", "mean_of"}));
    EXPECT_EQ(graph.value(graph.inputs[0]).shape, (tensor::Shape{1, 6, 5, 4}));
  }
}

TEST_F(TensorFlowCli, SavedModelsAreFolders) {
  const std::string model = WriteSavedModel();
  for (const char* flag : {"--signature_key", "--saved_model_signature_key"}) {
    const Ran ran = Convert(model, {flag, "serving_default"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(testing::MustRead(folder_.File("out.tflite")).input_names,
              std::vector<std::string>{"x"});
    std::filesystem::remove(folder_.File("out.tflite"));
  }
  EXPECT_EQ(RunProgram({"inspect", model}).exit_code, 0);
  ExpectRefused(model, {"--signature_key", "other"}, 2, "name one of serving_default");
  ExpectRefused(model, {"--input_arrays", "x"}, 2, "go with a frozen graph");
  ExpectRefused(model + "/saved_model.pb", {}, 2, "name the folder that it lies in");
  std::filesystem::remove(model + "/variables/variables.data-00000-of-00001");
  ExpectRefused(model, {}, 1, "variables.data-00000-of-00001 › there is no such file");
  ExpectRefused(folder_.File(""), {}, 1, "is a folder");
}

TEST_F(TensorFlowCli, MistakesAreNamed) {
  ExpectRefused(frozen_, {"--input_arrays", "y"}, 1, "the graph has no node 'y'");
  ExpectRefused(frozen_, {"--output_arrays", "y"}, 1, "output 'y' › there is no node 'y'");
  ExpectRefused(frozen_, {"--input_shapes", "1,8"}, 1, "the input has 2 dimensions");
  ExpectRefused(frozen_, {"--input_shapes", "1,-8"}, 2, "--input-shapes");
  ExpectRefused(frozen_, {"--signature_key", "x"}, 2, "goes with a SavedModel");
  ExpectRefused(
      folder_.Write("cut.pb", testing::Serialized(testing::SmallNetwork()).substr(0, 600)), {}, 1,
      "the graph is damaged or cut off; get the file anew");
  const Ran written = RunProgram({"convert", frozen_, "-o", folder_.File("out.pb")});
  EXPECT_EQ(written.exit_code, 2);
  EXPECT_NE(written.err.find("models are written as .tflite, .keras and .h5"), std::string::npos);
}

TEST_F(TensorFlowCli, OtherFilesSayThemselvesWhereTheyBegin) {
  ASSERT_EQ(Convert(frozen_).exit_code, 0);
  const std::string model = folder_.File("in.tflite");
  std::filesystem::rename(folder_.File("out.tflite"), model);
  ExpectRefused(model, {"--output_arrays", "relu"}, 2, "go with TensorFlow's own files");
  ExpectRefused("",
                {"--architecture", "mobilenet_v1", "--weights", "random", "--input_shapes", "1,2"},
                2, "--size is the size of its pictures");
  EXPECT_EQ(Convert(model, {"--input_shapes", "1,10,10,3"}).exit_code, 0);
}

// What users convert to train on keeps its batch normalizations.
TEST_F(TensorFlowCli, FrozenGraphsBecomeKerasModels) {
  const Ran ran = RunProgram({"convert", frozen_, "-o", folder_.File("out.keras")});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  bool normalized = false;
  for (const graph::Node& node : testing::MustRead(folder_.File("out.keras")).nodes) {
    normalized = normalized || std::holds_alternative<graph::BatchNorm>(node.op);
  }
  EXPECT_TRUE(normalized);
}

}  // namespace
}  // namespace goldcrest::cli
