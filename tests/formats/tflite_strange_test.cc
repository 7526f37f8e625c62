// Files that our writer would not make: each is an error that names the place, or is understood.
#include <gtest/gtest.h>

#include <cmath>

#include "formats/tflite/tflite.h"
#include "graph/text.h"
#include "schema_generated.h"
#include "support/temporary.h"

namespace goldcrest::formats::tflite {
namespace {

using flatbuffers::Offset;
using schema::BuiltinOperator;
using schema::TensorType;
using testing::TemporaryFolder;

// A model of one operator, x → y, whose parts a test may replace.
struct StrangeModel {
  BuiltinOperator code = BuiltinOperator::TANH;
  const char* custom_code = nullptr;
  TensorType type = TensorType::INT8;
  std::vector<float> scale = {0.5F};
  std::vector<int64_t> zero_point = {3};
  int32_t axis = 0;
  uint8_t details_type = 0;
  bool sparse = false;
  size_t subgraphs = 1;
  size_t operand_count = 1;
  uint32_t outputs = 1;
  std::vector<int32_t> shape = {1, 2};
  // Keys of signatures, each of the subgraph of its place.
  std::vector<const char*> signatures;
  // Aligns the zero points to four bytes only, with so many empty vectors before them.
  std::optional<int> loose_after;

  Offset<flatbuffers::Vector<int64_t>> ZeroPoints(flatbuffers::FlatBufferBuilder& builder) const {
    if (!loose_after) return builder.CreateVector(zero_point);
    for (int i = 0; i < *loose_after; ++i) builder.CreateVector(std::vector<int32_t>());
    builder.StartVector(zero_point.size() * 2, sizeof(int32_t));
    for (size_t i = zero_point.size(); i > 0; --i) {
      builder.PushElement(static_cast<int32_t>(zero_point[i - 1] >> 32));
      builder.PushElement(static_cast<int32_t>(zero_point[i - 1]));
    }
    return {builder.EndVector(zero_point.size())};
  }

  Result<graph::Graph> Read(const std::string& signature_key = {}) const {
    flatbuffers::FlatBufferBuilder builder;
    std::vector<Offset<schema::Tensor>> tensors;
    for (const char* name : {"x", "y", "z"}) {
      auto scales = builder.CreateVector(scale);
      auto zeros = ZeroPoints(builder);
      schema::QuantizationParametersBuilder quantization(builder);
      quantization.add_scale(scales);
      quantization.add_zero_point(zeros);
      quantization.add_quantized_dimension(axis);
      quantization.add_details_type(details_type);
      auto finished = quantization.Finish();
      auto sparsity =
          sparse ? schema::CreateSparsityParameters(builder) : Offset<schema::SparsityParameters>();
      tensors.push_back(
          schema::CreateTensorDirect(builder, &shape, type, 0, name, finished, false, sparsity));
    }
    std::vector<int32_t> in = {0};
    std::vector<int32_t> operands(operand_count, 0);
    std::vector<int32_t> out = {1};
    if (outputs == 2) out.push_back(2);
    std::vector<Offset<schema::Operator>> operators = {
        schema::CreateOperatorDirect(builder, 0, &operands, &out)};
    std::vector<Offset<schema::SubGraph>> graphs(
        subgraphs, schema::CreateSubGraphDirect(builder, &tensors, &in, &out, &operators, "main"));
    auto narrow = static_cast<int8_t>(std::min(static_cast<int32_t>(code), 127));
    std::vector<Offset<schema::OperatorCode>> codes = {
        schema::CreateOperatorCodeDirect(builder, narrow, custom_code, 1, code)};
    std::vector<Offset<schema::Buffer>> buffers = {schema::CreateBuffer(builder)};
    std::vector<Offset<schema::SignatureDef>> defined;
    for (uint32_t i = 0; i < signatures.size(); ++i) {
      std::vector<Offset<schema::TensorMap>> from = {
          schema::CreateTensorMapDirect(builder, signatures[i], 0)};
      std::vector<Offset<schema::TensorMap>> to = {schema::CreateTensorMapDirect(builder, "y", 1)};
      defined.push_back(schema::CreateSignatureDefDirect(builder, &from, &to, signatures[i], i));
    }
    schema::FinishModelBuffer(
        builder, schema::CreateModelDirect(builder, 3, &codes, &graphs, "strange", &buffers,
                                           nullptr, nullptr, &defined));
    auto bytes = std::as_bytes(builder.GetBufferSpan());
    TemporaryFolder folder;
    auto file = base::MappedFile::Open(folder.Write("strange.tflite", base::AsText(bytes)));
    return tflite::Read(std::move(*file), signature_key);
  }
};

std::string ErrorOf(const StrangeModel& model) {
  auto graph = model.Read();
  return graph ? "fine" : graph.error().ToString();
}

TEST(StrangeTflite, QuantizationIsReadAsTheFileSaysIt) {
  StrangeModel model;
  auto graph = model.Read();
  ASSERT_TRUE(graph) << graph.error().ToString();
  EXPECT_EQ(graph::ToText(*graph),
            "graph \"main\"\n"
            "input %0 \"x\": int8[1, 2] scale=0.5 zero_point=3\n"
            "%1 \"y\": int8[1, 2] scale=0.5 zero_point=3 = tanh(%0)\n"
            "output %1\n");
  StrangeModel without;
  without.zero_point = {};
  graph = without.Read();
  ASSERT_TRUE(graph) << graph.error().ToString();
  EXPECT_EQ(graph->value(0).quantization.zero_point, std::vector<int64_t>{0});
}

TEST(StrangeTflite, NumbersNeedNotLieAligned) {
  for (int empty_vectors : {0, 1}) {
    auto graph = StrangeModel{.zero_point = {-7}, .loose_after = empty_vectors}.Read();
    ASSERT_TRUE(graph) << graph.error().ToString();
    EXPECT_EQ(graph->value(0).quantization.zero_point, std::vector<int64_t>{-7});
  }
}

TEST(StrangeTflite, QuantizationThatDoesNotFitIsAnError) {
  EXPECT_EQ(ErrorOf({.scale = {}}),
            "operator 0 tanh 'y' computes with 'x', which is int8 without a scale");
  EXPECT_EQ(ErrorOf({.scale = {-1}}), "'x' › has a scale of -1");
  EXPECT_EQ(ErrorOf({.scale = {NAN}}), "'x' › has a scale of nan");
  EXPECT_EQ(ErrorOf({.scale = {INFINITY}}), "'x' › has a scale of inf");
  EXPECT_EQ(ErrorOf({.zero_point = {128}}), "'x' › has a zero point of 128, which is no int8");
  EXPECT_EQ(ErrorOf({.type = TensorType::UINT8, .zero_point = {-1}}),
            "'x' › has a zero point of -1, which is no uint8");
  EXPECT_EQ(ErrorOf({.scale = {1, 2, 3}, .zero_point = {0, 0}}),
            "tensor 0 › 3 scales but 2 zero points");
  EXPECT_EQ(ErrorOf({.scale = {1, 2, 3}, .axis = 1}),
            "'x' › of shape [1, 2] has 3 scales, which do not fit its dimension 1");
  EXPECT_EQ(ErrorOf({.scale = {1, 2}, .axis = 2}),
            "'x' › of shape [1, 2] has 2 scales, which do not fit its dimension 2");
  EXPECT_EQ(ErrorOf({.scale = {1, 2}, .axis = 1}), "'x' › has 2 scales, but is no constant");
  EXPECT_EQ(ErrorOf({.details_type = 1}),
            "tensor 0 › quantization by anything but scales and zero points");
}

TEST(StrangeTflite, DifferencesAreWhatTheyAre) {
  StrangeModel model{.code = BuiltinOperator::SUB, .type = TensorType::FLOAT32, .scale = {}};
  model.operand_count = 2;
  auto graph = model.Read();
  ASSERT_TRUE(graph) << graph.error().ToString();
  EXPECT_NE(graph::ToText(*graph).find("= sub(%0, %0)\n"), std::string::npos);
  model.type = TensorType::INT8;
  model.scale = {0.5F};
  graph = model.Read();
  ASSERT_TRUE(graph) << graph.error().ToString();
  EXPECT_NE(graph::ToText(*graph).find("= sub(%0, %0)\n"), std::string::npos);
}

// Each signature is a model of its own; the one that serves by default needs no name.
TEST(StrangeTflite, ASignatureIsChosenByItsKey) {
  StrangeModel model{.subgraphs = 2, .signatures = {"encode", "decode"}};
  auto input_name = [&](const std::string& key) {
    auto graph = model.Read(key);
    return graph ? graph->input_names.at(0) : graph.error().ToString();
  };
  EXPECT_EQ(input_name("encode"), "encode");
  EXPECT_EQ(input_name("decode"), "decode");
  EXPECT_EQ(input_name(""),
            "the file has several signatures; name one with --signature-key: encode, decode");
  EXPECT_EQ(input_name("train"),
            "the file has no such signature; name one with --signature-key: encode, decode");
  model.signatures[1] = "serving_default";
  EXPECT_EQ(input_name(""), "serving_default");
  model.subgraphs = 1;
  EXPECT_EQ(input_name(""), "the signature serving_default names subgraph 1 of 1");
  model.signatures = {"only"};
  EXPECT_EQ(input_name(""), "only");
  model.signatures = {};
  EXPECT_EQ(input_name("only"), "the file has no signatures; leave --signature-key out");
}

TEST(StrangeTflite, WhatIsNotSupportedIsNamed) {
  for (auto [code, name] :
       {std::pair{BuiltinOperator::LSTM, "LSTM"}, std::pair{BuiltinOperator::WHILE, "WHILE"},
        std::pair{BuiltinOperator::STABLEHLO_COMPOSITE, "STABLEHLO_COMPOSITE"},
        std::pair{BuiltinOperator::CUSTOM, "CUSTOM Warp"},
        std::pair{static_cast<BuiltinOperator>(9999), "of code 9999"}}) {
    std::string error = ErrorOf({.code = code, .custom_code = "Warp"});
    EXPECT_TRUE(error.starts_with(
        base::Cat("operator 0 ", name, " › this operator is not supported; supported are ABS, ")))
        << error;
  }
  EXPECT_EQ(ErrorOf({.sparse = true}), "tensor 0 › sparse tensors");
  EXPECT_EQ(ErrorOf({.type = TensorType::INT4}), "tensor 0 › elements of type INT4 (17)");
  EXPECT_EQ(ErrorOf({.subgraphs = 0}), "the file holds no subgraph");
  EXPECT_EQ(ErrorOf({.shape = std::vector<int32_t>(9, 1)}), "tensor 0 › 9 dimensions");
  EXPECT_EQ(ErrorOf({.outputs = 2}), "operator 0 TANH › 2 outputs");
}

}  // namespace
}  // namespace goldcrest::formats::tflite
