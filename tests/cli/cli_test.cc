// The commands as a user types them: what they print, their errors and exit codes.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/npz.h"
#include "base/file.h"
#include "cli/program.h"
#include "formats/tflite/tflite.h"
#include "support/h5_file.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "support/temporary.h"
#include "tensor/npy.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::ReadAll;
using testing::RunProgram;
using testing::SharedFile;
using testing::TemporaryFolder;

const std::string kV1 = SharedFile("models/keras_mobilenet_v1_025_224.h5");
const std::string kLabels = SharedFile("models/imagenet_labels.txt");
const std::string kTench = SharedFile("images/imagenet/000_n01440764.jpg");

// One line on standard error, that ends with `message`, and nothing on standard output.
void ExpectError(const std::vector<std::string>& arguments, int exit_code,
                 const std::string& part) {
  Ran ran = RunProgram(arguments);
  EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(ran.err.starts_with("goldcrest: error: ")) << ran.err;
  EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1) << ran.err;
  EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
}

TEST(Cli, WrongUsageSaysWhatToDo) {
  ExpectError({"clasify", "x"}, 2, "unknown command clasify; did you mean classify?");
  ExpectError({"convert", "m.h5", "-o", "m.tflite", "--lables", "x"}, 2,
              "unknown flag --lables; did you mean --labels?; see goldcrest convert --help");
  ExpectError({"convert", "m.h5"}, 2, "name the file to write with -o");
  ExpectError({}, 2, "name a command: convert, fetch, inspect, check,");
  ExpectError({"classify", "m.tflite"}, 2, "pictures is missing: JPEG, PNG and BMP files");
  ExpectError({"benchmark"}, 2, "models is missing: the models: ");
  ExpectError({"compare", "a.tflite"}, 2, "after is missing: the model as it is now");
  ExpectError({"classify", "m.tflite", "p.jpg", "--top"}, 2, "--top needs a value: how many");
  ExpectError({"classify", "m.tflite", "p.jpg", "--top", "2", "--top", "3"}, 2,
              "--top is there more than once");
  ExpectError({"classify", "m.tflite", "p.jpg", "--top", "0"}, 2, "--top");
  ExpectError({"inspect", "a", "b"}, 2, "unknown argument b");
  ExpectError({"convert", "a.h5", "b.tflite"}, 2, "did you mean -o b.tflite?");
  ExpectError({"inspect", ""}, 1, "the name is empty");
  ExpectError({"inspect", "a", "--json", "--text"}, 2, "--text");
}

TEST(Cli, HelpHasAnExample) {
  for (std::string command : {"convert", "inspect", "classify", "run", "benchmark", "evaluate",
                              "explain-input", "quantize", "data", "compare"}) {
    Ran ran = RunProgram({command, "--help"});
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_NE(ran.out.find("Example:\n  goldcrest " + command), std::string::npos) << ran.out;
  }
  EXPECT_EQ(RunProgram({"--version"}).out, "0.1.0\n");
}

TEST(Cli, FilesThatAreNoModels) {
  TemporaryFolder folder;
  std::string out = folder.File("m.tflite");
  ExpectError({"convert", folder.File("none.h5"), "-o", out}, 1, "there is no such file");
  ExpectError({"convert", folder.Write("text.h5", "hello"), "-o", out}, 1,
              "damaged, or something else");
  ExpectError({"inspect", folder.Write("text.bin", "hello")}, 1, "is no model that is known");
  ExpectError({"inspect", folder.Write("empty.tflite", "")}, 1, "(0 bytes)");
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST(Cli, ConvertInspectClassifyRun) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  std::string model = folder.File("mobilenet.tflite");
  Ran ran = RunProgram({"convert", kV1, "-o", model, "--labels", kLabels, "--picture", kTench});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.out.find("fold_batch_norm        27"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("operators  90 imported, 31 after the passes"), std::string::npos);
  EXPECT_NE(ran.out.find("on " + kTench + "; the best class is the same"), std::string::npos);
  EXPECT_NE(ran.err.find("note: the file does not say how pictures become its input; guessed "
                         "--normalize tf"),
            std::string::npos)
      << ran.err;
  EXPECT_NE(ran.err.find("'background', the first of 1001, was left out"), std::string::npos);
  EXPECT_EQ(folder.file_count(), 1);

  ran = RunProgram({"inspect", model});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_NE(ran.out.find("labels      1000, from 'tench, Tinca tinca' to 'toilet tissue"),
            std::string::npos)
      << ran.out;
  EXPECT_NE(ran.out.find("mult-adds   41.03 M"), std::string::npos);
  ran = RunProgram({"inspect", model, "--json"});
  json inspected = json::parse(ran.out);
  EXPECT_EQ(inspected["nodes"].size(), 31U);
  EXPECT_EQ(inspected["input_contract"]["normalize"], "tf");
  EXPECT_EQ(inspected["multiply_adds"], 41030272);
  EXPECT_NE(RunProgram({"inspect", model, "--text"}).out.find("= softmax("), std::string::npos);

  ran = RunProgram({"classify", model, kTench, "--top", "2"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.out, kTench +
                         "\n  0.9355 ██████████████████▊  tench, Tinca tinca\n"
                         "  0.0360 ▊                    goldfish, Carassius auratus\n");
  ran = RunProgram({"classify", model, kTench, "--json", "--top=1"});
  json classified = json::parse(ran.out);
  EXPECT_EQ(classified["top"][0]["label"], "tench, Tinca tinca");
  EXPECT_NEAR(classified["top"][0]["score"], 0.93548, 1e-4);
  EXPECT_EQ(classified["input_contract_from"], "the file (GOLDCREST_INPUT)");
  EXPECT_GT(classified["run_ms"], 0);
}

TEST(Cli, RunWritesAllFilesOrNone) {
  TemporaryFolder folder;
  auto model = formats::tflite::Write(testing::MustParse(R"(
      input %0 "x": float32[1, 4]
      %1 "a": float32[1, 4] = logistic(%0)
      %2 "b": float32[1, 4] = tanh(%0)
      output %1
      output %2)"));
  ASSERT_TRUE(model) << model.error().ToString();
  const std::string file = folder.Write("model.tflite", base::AsText(*model));
  auto input = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 4});
  ASSERT_TRUE(input);
  const auto npy = tensor::WriteNpy(input->view());
  const std::string x = folder.Write("x.npy", base::AsText(npy));
  const std::string a = folder.Write("a.npy", "old");
  const size_t files = folder.file_count();
  ExpectError({"run", file, "--input", x, "--output", a, "--output", folder.File("none/b.npy")}, 1,
              "cannot write " + folder.File("none/b.npy"));
  ExpectError({"run", file, "--input", x, "--output", a, "--layers", folder.File("none/all.npz")},
              1, "cannot write " + folder.File("none/all.npz"));
  ExpectError({"run", file, "--input", x, "--output", a, "--output", folder.File("./a.npy")}, 2,
              "two outputs are to be written to " + folder.File("./a.npy"));
  EXPECT_EQ(ReadAll(a), "old");
  EXPECT_EQ(folder.file_count(), files);
  Ran ran =
      RunProgram({"run", file, "--input", x, "--output", a, "--output", folder.File("b.npy")});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ReadAll(a).size(), npy.size());
  EXPECT_EQ(ReadAll(folder.File("b.npy")).size(), npy.size());
  EXPECT_EQ(folder.file_count(), files + 1);
}

TEST(Cli, RunWritesOutputsAndLayers) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  auto npy = tensor::WriteNpy(testing::GoldenInput(0).view());
  std::string x = folder.Write("x.npy", base::AsText(npy));
  Ran ran = RunProgram({"run", kV1, "--input", x, "--output", folder.File("y.npy"), "--layers",
                        folder.File("layers.npz")});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "output  predictions float32[1, 1000] -> " + folder.File("y.npy") +
                         "\nlayers  91 arrays -> " + folder.File("layers.npz") + "\n");
  std::string bytes = ReadAll(folder.File("y.npy"));
  auto y = tensor::ReadNpy(base::AsBytes(bytes));
  ASSERT_TRUE(y);
  tensor::Tensor golden = testing::Golden("keras_mobilenet_v1_025_224.keras.npz", "softmax");
  for (size_t i = 0; i < 1000; ++i) {
    ASSERT_NEAR(y->view().As<float>()[i], golden.view().As<float>()[i], 1e-4);
  }
  auto layers = archive::NpzReader::Open(folder.File("layers.npz"));
  ASSERT_TRUE(layers);
  EXPECT_TRUE(layers->Read("conv_dw_13_bn"));

  ran = RunProgram({"run", kV1, "--input", "input_layer=" + x, "--output",
                    "predictions=" + folder.File("z.npy")});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ReadAll(folder.File("z.npy")), bytes);
  ExpectError({"run", kV1, "--input", kTench}, 1, "is no .npy file");
  ExpectError({"run", kV1, "--input", "x=" + x}, 2, "no input 'x'; it has input_layer");
  ExpectError({"run", kV1, "--input", x, "--output", "y=" + folder.File("w.npy")}, 2,
              "no output 'y'; it has predictions");
  ExpectError({"run", kV1, "--input", x, "--input", x}, 2,
              "the model has 1 input (input_layer), but 2");
  auto small = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 10, 10, 3});
  auto small_npy = tensor::WriteNpy(small->view());
  ExpectError(
      {"run", kV1, "--input", folder.Write("s.npy", base::AsText(small_npy))}, 1,
      "the input 'input_layer' takes float32[-1, 224, 224, 3], not the shape [1, 10, 10, 3]");
  auto bytes_tensor = tensor::Tensor::Create(tensor::DType::kUInt8, {1, 224, 224, 3});
  auto bytes_npy = tensor::WriteNpy(bytes_tensor->view());
  ExpectError({"run", kV1, "--input", folder.Write("b.npy", base::AsText(bytes_npy))}, 1,
              "holds uint8[1, 224, 224, 3]");
}

TEST(Cli, OtherInputShapes) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  Ran ran = RunProgram({"inspect", kV1, "--input_shapes", "1,160,160,3", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  json inspected = json::parse(ran.out);
  EXPECT_EQ(inspected["values"][inspected["inputs"][0].get<size_t>()]["shape"],
            json({1, 160, 160, 3}));
  EXPECT_LT(inspected["multiply_adds"], 22000000);
  auto x = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 160, 160, 3});
  auto npy = tensor::WriteNpy(x->view());
  std::string file = folder.Write("x.npy", base::AsText(npy));
  ran = RunProgram({"run", kV1, "--input", file, "--input-shapes", "1,160,160,3"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  ran = RunProgram({"classify", kV1, kTench, "--input-shapes=1,192,192,3", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out)["top"][0]["index"], 0);
  ExpectError({"inspect", kV1, "--input-shapes", "1,160,160"}, 2, "which has 4 dimensions");
  ExpectError({"run", kV1, "--input", file, "--input-shapes", "1,160"}, 2, "4 dimensions");
}

TEST(Cli, InspectExplainsTheKernels) {
  TemporaryFolder folder;
  auto bytes = formats::tflite::Write(
      testing::MustParse("input %0 \"x\": float32[1, 8, 8, 3]\n"
                         "const %1 \"w\": float32[1, 3, 3, 6] = random(1)\n"
                         "%2 \"d\": float32[1, 6, 6, 6] = depthwise_conv2d(%0, %1)\n"
                         "%3 \"y\": float32[1, 216] = reshape(%2) shape=[1, 216]\noutput %3\n"));
  std::string model = folder.Write("m.tflite", base::AsText(*bytes));
  Ran ran = RunProgram({"inspect", model, "--explain", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  json nodes = json::parse(ran.out)["nodes"];
  ASSERT_EQ(nodes.size(), 2U);
  ASSERT_FALSE(nodes[0]["refused"].empty());
  EXPECT_NE(nodes[0]["refused"][0]["kernel"], nodes[0]["kernel"]);
  EXPECT_NE(nodes[0]["refused"][0]["reason"], "");
  EXPECT_EQ(nodes[1]["refused"], json::array());
  std::string kernel = nodes[0]["refused"][0]["kernel"];
  std::string reason = nodes[0]["refused"][0]["reason"];
  ran = RunProgram({"inspect", model, "--explain"});
  EXPECT_NE(ran.out.find("not taken because"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find(kernel + "  " + reason + "\n"), std::string::npos) << ran.out;
  EXPECT_FALSE(
      json::parse(RunProgram({"inspect", model, "--json"}).out)["nodes"][0].contains("refused"));
  ExpectError({"inspect", model, "--explain", "--text"}, 2, "--text");
}

TEST(Cli, BadInputLeavesNothingBehind) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  TemporaryFolder outputs;
  std::string out = outputs.File("m.tflite");
  std::string h5 = ReadAll(kV1);
  ExpectError({"convert", folder.Write("cut.h5", h5.substr(0, h5.size() / 2)), "-o", out}, 1,
              "cut.h5 › the HDF5 file is damaged or cut short");
  ExpectError({"convert", kV1, "-o", out, "--labels", folder.Write("l.txt", "a\nb\n")}, 1,
              "it has 2 labels, but the model has 1000 classes");
  ExpectError({"convert", kV1, "-o", out, "--disable-pass", "fold"}, 2, "there is no pass 'fold'");
  ExpectError({"convert", kV1, "-o", out, "--disable_pass=remove_training"}, 1,
              "leave the pass remove_training on");
  ExpectError({"convert", kV1, "-o", outputs.File("m.pb")}, 2,
              "models are written as .tflite, .keras, .h5 and .onnx");
  ExpectError({"convert", kV1, "-o", outputs.File("no/m.tflite")}, 1,
              ": there is no folder " + outputs.File("no"));
  ExpectError({"convert", kV1, "-o", out, "--normalize", "keras"}, 2, "'keras' is none of");
  ExpectError({"convert", kV1, "-o", out, "--picture", folder.Write("t.jpg", "text")}, 1,
              "t.jpg › its content is no picture that is known");
  testing::WriteH5(folder.File("odd.h5"),
                   R"({"class_name":"Sequential","config":{"name":"s","layers":[
                     {"class_name":"InputLayer","config":{"name":"in","batch_shape":[null,4]}},
                     {"class_name":"Capsule","config":{"name":"cap"}}]}})",
                   {}, true);
  ExpectError({"convert", folder.File("odd.h5"), "-o", out}, 1,
              "layer 1 'cap' (Capsule) › layers of class Capsule are not supported");
  EXPECT_EQ(outputs.file_count(), 0);

  ASSERT_EQ(RunProgram({"convert", kV1, "-o", out}).exit_code, 0);
  std::string tflite = ReadAll(out);
  ExpectError({"inspect", folder.Write("cut.tflite", tflite.substr(0, tflite.size() / 2))}, 1,
              "cut.tflite › the file is damaged or cut short");
}

// Nothing is folded, and nothing is lost on the way through a file.
TEST(Cli, ConvertWritesModelsToTrainOn) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  const std::string direct = folder.File("direct.tflite");
  ASSERT_EQ(RunProgram({"convert", kV1, "-o", direct, "--labels", kLabels}).exit_code, 0);
  for (const char* name : {"m.keras", "m.h5"}) {
    const std::string file = folder.File(name);
    Ran ran = RunProgram({"convert", kV1, "-o", file, "--labels", kLabels, "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    json report = json::parse(ran.out);
    EXPECT_EQ(report["operators_before"], 90);
    EXPECT_EQ(report["operators_after"], 90);
    EXPECT_EQ(report["max_difference"], 0);
    for (const json& pass : report["passes"]) {
      const bool runs = pass["name"] == "remove_dead_code" || pass["name"] == "fold_constants";
      EXPECT_EQ(pass["disabled"], !runs) << pass["name"];
    }
    ASSERT_EQ(RunProgram({"convert", file, "-o", folder.File("again.tflite")}).exit_code, 0);
    EXPECT_TRUE(ReadAll(folder.File("again.tflite")) == ReadAll(direct)) << name;
    EXPECT_EQ(RunProgram({"classify", file, kTench, "--top", "1"}).out,
              RunProgram({"classify", direct, kTench, "--top", "1"}).out);
  }
  TemporaryFolder outputs;
  ExpectError({"convert", SharedFile("models/vww_96_int8.tflite"), "-o", outputs.File("m.keras")},
              1,
              "is of type int8; quantized models have no Keras form, they are written as .tflite");
  ExpectError({"convert", kV1, "-o", outputs.File("no/m.keras")}, 1,
              ": there is no folder " + outputs.File("no"));
  EXPECT_EQ(outputs.file_count(), 0);
}

// Layers whose settings are not known are not invented.
TEST(Cli, ConvertNamesTheLayersForTrainingThatItLeavesOut) {
  TemporaryFolder folder;
  testing::WriteH5(folder.File("m.h5"),
                   R"({"class_name":"Sequential","config":{"name":"s","layers":[
                     {"class_name":"InputLayer","config":{"name":"in","batch_shape":[null,4,4,3]}},
                     {"class_name":"RandomFlip","config":{"name":"flip","mode":"horizontal"}},
                     {"class_name":"Flatten","config":{"name":"flat"}}]}})",
                   {}, true);
  Ran ran = RunProgram({"convert", folder.File("m.h5"), "-o", folder.File("m.keras")});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.err.find("note: left out, for they do nothing but in training: flip (RandomFlip); "
                         "add them again before training on\n"),
            std::string::npos)
      << ran.err;
}

// Types, scales, costs.
TEST(Cli, InspectShowsQuantizedModels) {
  REQUIRE_SHARED();
  const std::string model = SharedFile("models/person_detect.tflite");
  Ran ran = RunProgram({"inspect", model});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.err,
            "note: 14 tensors name a dimension that they do not have for their scales; it is taken "
            "for their only one, as older runtimes do; newer ones refuse the file\n");
  for (const char* part : {"input       input int8[1, 96, 96, 1] (0.007843138, -1)\n",
                           "parameters  210706\n", "mult-adds   7.16 M\n",
                           "int8[1, 48, 48, 8]   0.023529412, -128  int8[1, 3, 3, 8]      8 "
                           "scales, 0.0026488567 x 121 "}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << "\n" << ran.out;
  }
  json inspected = json::parse(RunProgram({"inspect", model, "--json"}).out);
  const json& weights = inspected["values"][inspected["nodes"][0]["inputs"][1].get<size_t>()];
  EXPECT_EQ(weights["scale"].size(), 8U);
  EXPECT_EQ(weights["axis"], 3);
  inspected = json::parse(
      RunProgram(
          {"inspect", SharedFile("models/keras_mobilenet_v1_025_224.int16x8.tf.tflite"), "--json"})
          .out);
  EXPECT_EQ(inspected["nodes"][0]["attributes"]["dtype"], "int16");
  ran = RunProgram({"inspect", model, "--text"});
  EXPECT_NE(ran.out.find(": int8[1, 96, 96, 1] scale=0.007843138 zero_point=-1\n"),
            std::string::npos);
}

TEST(Cli, OneBadPictureDoesNotStopTheOthers) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  TemporaryFolder pictures;
  std::string model = folder.File("m.tflite");
  ASSERT_EQ(RunProgram({"convert", kV1, "-o", model, "--labels", kLabels}).exit_code, 0);
  pictures.Write("a.jpg", "text");
  pictures.Write("notes.txt", "not a picture by name");
  std::filesystem::copy(kTench, pictures.File("b.jpg"));
  Ran ran = RunProgram({"classify", model, pictures.File(""), "--top", "1"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.out.find("tench"), std::string::npos);
  EXPECT_NE(ran.err.find("a.jpg › its content is no picture"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("1 of 2 pictures could not be classified"), std::string::npos);
  EXPECT_EQ(ran.err.find("notes.txt"), std::string::npos);

  ExpectError({"classify", model, folder.File("")}, 1, "holds no pictures");
  ran = RunProgram({"classify", kV1, kTench, "--normalize", "unit", "--json"});
  EXPECT_EQ(json::parse(ran.out)["input_contract_from"], "flags");
  EXPECT_NE(ran.err.find("carries no labels"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::cli
