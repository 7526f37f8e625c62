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

// Where a model begins and ends can be said wherever it is read.
TEST_F(TensorFlowCli, OtherCommandsTakeEndsToo) {
  const std::vector<std::string> ends = {"--input_arrays", "conv",           "--output_arrays",
                                         "mean_of",        "--input_shapes", "1,6,5,4"};
  auto run = [&](std::vector<std::string> line, int exit_code, const std::string& part) {
    line.insert(line.end(), ends.begin(), ends.end());
    const Ran ran = RunProgram(line);
    EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
    EXPECT_NE((ran.out + ran.err).find(part), std::string::npos) << ran.out << ran.err;
  };
  run({"inspect", frozen_}, 0, "1, 6, 5, 4");
  run({"benchmark", frozen_, "--runs", "1"}, 0, "");
  run({"run", frozen_, "--input", folder_.File("x.npy")}, 1, "x.npy");
  run({"classify", frozen_, folder_.File("x.jpg")}, 1, "does not say how pictures become");
  const std::string saved = WriteSavedModel();
  for (const char* command : {"inspect", "benchmark"}) {
    const Ran ran = RunProgram({command, saved, "--signature_key", "other"});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_NE(ran.err.find("name one of serving_default"), std::string::npos) << ran.err;
  }
  ASSERT_EQ(Convert(frozen_).exit_code, 0);
  const Ran other = RunProgram({"inspect", folder_.File("out.tflite"), "--output_arrays", "y"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_NE(other.err.find("go with TensorFlow's own files"), std::string::npos) << other.err;
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
  EXPECT_NE(written.err.find("models are written as .tflite, .keras, .h5 and .onnx"),
            std::string::npos);
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

// A convolution that was trained for integers: of [-1, 127/128], weights of [-1, 1], results of
// [0, 6].
class TrainedForIntegers : public TensorFlowCli {
 protected:
  TrainedForIntegers() {
    testing::NodeMaker make;
    make.Placeholder("x", {1, 8, 8, 3});
    Range(make, "x_range", "x", -1, 0.9921875F);
    make.Floats("w", {3, 3, 3, 4});
    Range(make, "w_range", "w", -1, 1);
    make.Convolution("Conv2D", "conv", {"x_range", "w_range"});
    make.Add("Relu6", "relu", {"conv"});
    Range(make, "y", "relu", 0, 6);
    trained_ = folder_.Write("trained.pb", testing::Serialized(make.graph));
  }

  static void Range(testing::NodeMaker& make, const std::string& name, const std::string& x,
                    float low, float high) {
    make.Floats(name + "/min", {}, {low});
    make.Floats(name + "/max", {}, {high});
    make.Add("FakeQuantWithMinMaxVars", name, {x, name + "/min", name + "/max"});
  }

  std::string trained_;
};

TEST_F(TrainedForIntegers, FlagsInAllTheirSpellings) {
  const std::vector<std::string> kSpellings[] = {
      {"--inference_type", "QUANTIZED_UINT8", "--mean_values", "128", "--std_dev_values", "128"},
      {"--inference_type=UINT8", "--mean_value=128", "--std_value=128"},
      {"--inference-type=quantized_uint8", "--mean-values=128", "--std-values=128"},
      {"--inference_type=QUANTIZED_UINT8", "--inference_input_type=UINT8", "--mean_values=128.0",
       "--std_dev_value=128.0", "--default_ranges_min=0", "--default_ranges_max=6"},
  };
  for (const std::vector<std::string>& flags : kSpellings) {
    const Ran ran = Convert(trained_, flags);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_NE(ran.out.find("integers   uint8, by the ranges of its training"), std::string::npos)
        << ran.out;
    EXPECT_NE(ran.out.find("(x - 128) / 128"), std::string::npos) << ran.out;
    const graph::Graph graph = testing::MustRead(folder_.File("out.tflite"));
    ASSERT_EQ(graph.nodes.size(), 1);
    EXPECT_EQ(graph.value(graph.inputs[0]).quantization,
              (tensor::Quantization{{1.0F / 128}, {128}}));
    EXPECT_EQ(graph.value(graph.outputs[0]).dtype, tensor::DType::kUInt8);
  }
  const Ran mixed = Convert(trained_, {"--inference_type=INT8", "--inference_input_type=FLOAT",
                                       "--inference_output_type=UINT8"});
  ASSERT_EQ(mixed.exit_code, 0) << mixed.err;
  const graph::Graph graph = testing::MustRead(folder_.File("out.tflite"));
  EXPECT_EQ(graph.value(graph.inputs[0]).dtype, tensor::DType::kFloat32);
  EXPECT_EQ(graph.value(graph.outputs[0]).dtype, tensor::DType::kUInt8);
}

TEST_F(TrainedForIntegers, FloatModelsRoundToo) {
  ASSERT_EQ(Convert(trained_).exit_code, 0);
  const graph::Graph graph = testing::MustRead(folder_.File("out.tflite"));
  ASSERT_EQ(graph.nodes.size(), 3);
  EXPECT_TRUE(std::holds_alternative<graph::FakeQuant>(graph.nodes[0].op));
  EXPECT_TRUE(std::holds_alternative<graph::FakeQuant>(graph.nodes[2].op));
  // A .tflite keeps what it takes to make integers later.
  const std::string model = folder_.File("float.tflite");
  std::filesystem::rename(folder_.File("out.tflite"), model);
  ASSERT_EQ(Convert(model, {"--inference_type=INT8"}).exit_code, 0);
  const Ran ran = Convert(trained_, {"--mean_values=1", "--std_dev_values=1"});
  EXPECT_NE(ran.err.find("they are not used, for --inference_type is FLOAT"), std::string::npos);
}

TEST_F(TrainedForIntegers, MistakesAreNamed) {
  ExpectRefused(trained_, {"--inference_type", "QUANTIZED_INT16"}, 2,
                "it can be FLOAT, QUANTIZED_");
  ExpectRefused(trained_, {"--inference_type=INT8", "--mean_values=0"}, 2, "each input needs both");
  ExpectRefused(trained_, {"--inference_type=INT8", "--default_ranges_min=0"}, 2,
                "are given together");
  ExpectRefused(trained_,
                {"--inference_type=INT8", "--default_ranges_min=1", "--default_ranges_max=6"}, 2,
                "the default range 1 to 6 does not hold 0");
  ExpectRefused(trained_, {"--inference_input_type=INT8"}, 2, "give --inference_type too");
  ExpectRefused(trained_,
                {"--inference_type=QUANTIZED_UINT8", "--mean_values=0", "--std_dev_values=255"}, 2,
                "'x_range' says that it was trained with -1 to 0.9921875");
  ExpectRefused(frozen_, {"--inference_type=INT8"}, 1, "goldcrest quantize");
  const Ran keras =
      RunProgram({"convert", trained_, "-o", folder_.File("out.keras"), "--inference_type=INT8"});
  EXPECT_EQ(keras.exit_code, 2);
  EXPECT_NE(keras.err.find("integers are written as .tflite"), std::string::npos) << keras.err;
  EXPECT_NE(RunProgram({"convert", trained_, "-o", folder_.File("out.keras")}).exit_code, 0);
  const Ran quantized =
      RunProgram({"quantize", trained_, "-o", folder_.File("out.tflite"), "--to", "int8"});
  EXPECT_EQ(quantized.exit_code, 1);
  EXPECT_NE(quantized.err.find("goldcrest convert --inference_type INT8"), std::string::npos)
      << quantized.err;
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
