#include "formats/tflite/metadata.h"

#include <cmath>

#include "base/file.h"
#include "formats/tflite/stored_zip.h"
#include "metadata_schema_generated.h"

namespace goldcrest::formats::tflite {
namespace {

using flatbuffers::Offset;

// Metadata is small: a file whose tables number more than this is hostile.
constexpr flatbuffers::uoffset_t kMostMetadataTables = 100000;

std::vector<float> PerChannel(const std::array<double, 3>& values) {
  bool same = values[0] == values[1] && values[1] == values[2];
  return same ? std::vector<float>{static_cast<float>(values[0])}
              : std::vector<float>(values.begin(), values.end());
}

Offset<metadata::TensorMetadata> WriteInput(flatbuffers::FlatBufferBuilder& builder,
                                            const std::string& name,
                                            const tensor::InputContract& contract) {
  std::array<double, 3> mean;
  std::array<double, 3> std;
  tensor::MeanAndStd(contract.normalization, mean, std);
  bool gray = contract.color == tensor::ColorOrder::kGray;
  auto size = metadata::CreateImageSize(builder, static_cast<uint32_t>(contract.width),
                                        static_cast<uint32_t>(contract.height));
  auto image = metadata::CreateImageProperties(
      builder, gray ? metadata::ColorSpaceType::GRAYSCALE : metadata::ColorSpaceType::RGB, size);
  auto content =
      metadata::CreateContent(builder, metadata::ContentProperties::ImageProperties, image.Union());
  std::vector<float> means = PerChannel(mean);
  std::vector<float> stds = PerChannel(std);
  auto options = metadata::CreateNormalizationOptionsDirect(builder, &means, &stds);
  std::vector<Offset<metadata::ProcessUnit>> units = {metadata::CreateProcessUnit(
      builder, metadata::ProcessUnitOptions::NormalizationOptions, options.Union())};
  std::vector<float> least;
  std::vector<float> most;
  for (size_t c = 0; c < means.size(); ++c) {
    least.push_back((0 - means[c]) / stds[c]);
    most.push_back((255 - means[c]) / stds[c]);
  }
  auto stats = metadata::CreateStatsDirect(builder, &most, &least);
  std::string description = tensor::Describe(contract);
  return metadata::CreateTensorMetadataDirect(builder, name.c_str(), description.c_str(), nullptr,
                                              content, &units, stats);
}

// M001 says nothing of scales: its readers give an integer input the bytes themselves. Whether that
// is what the contract means, to within a step.
bool TakesBytes(const tensor::InputContract& contract) {
  if (contract.dtype == tensor::DType::kFloat32) return true;
  if (contract.dtype == tensor::DType::kInt16 || !(contract.scale > 0)) return false;
  constexpr double kMostSteps = 1.25;
  std::array<double, 3> mean;
  std::array<double, 3> std;
  tensor::MeanAndStd(contract.normalization, mean, std);
  const double lowest = contract.dtype == tensor::DType::kInt8 ? -128 : 0;
  for (size_t c = 0; c < mean.size(); ++c) {
    for (double byte : {0.0, 255.0}) {
      const double q =
          (byte - mean[c]) / std[c] / contract.scale + static_cast<double>(contract.zero_point);
      if (std::fabs(q - (byte + lowest)) > kMostSteps) return false;
    }
  }
  return true;
}

Offset<metadata::TensorMetadata> WriteOutput(flatbuffers::FlatBufferBuilder& builder,
                                             const std::string& name, bool labelled) {
  auto features = metadata::CreateFeatureProperties(builder);
  auto content = metadata::CreateContent(builder, metadata::ContentProperties::FeatureProperties,
                                         features.Union());
  std::vector<Offset<metadata::AssociatedFile>> files;
  if (labelled) {
    files.push_back(metadata::CreateAssociatedFileDirect(
        builder, kLabelsName, "A label for each class, in the order of the scores.",
        metadata::AssociatedFileType::TENSOR_AXIS_LABELS));
  }
  return metadata::CreateTensorMetadataDirect(builder, name.c_str(), "A score for each class.",
                                              nullptr, content, nullptr, 0, &files);
}

const std::string& NameOr(const std::vector<std::string>& names, const graph::Graph& graph,
                          graph::ValueId id) {
  return names.empty() ? graph.value(id).name : names.front();
}

// A mean or std as M001 has it: one number for all channels, or one for each.
bool ReadPerChannel(const flatbuffers::Vector<float>* values, std::array<double, 3>& out) {
  if (values == nullptr || (values->size() != 1 && values->size() != 3)) return false;
  for (uint32_t c = 0; c < 3; ++c) {
    out[c] = values->Get(values->size() == 1 ? 0 : c);
    if (!std::isfinite(out[c])) return false;
  }
  return true;
}

// The contract that M001's input stands for, by the reading of TFLite's Task Library: mean and std
// are for float inputs; an integer input takes the bytes themselves.
void ReadInput(const metadata::TensorMetadata& said, graph::Graph& graph) {
  const graph::Value& input = graph.value(graph.inputs[0]);
  const tensor::Shape& shape = input.shape;
  if (shape.size() != 4 || shape[1] < 1 || shape[2] < 1) return;
  tensor::InputContract contract;
  contract.height = shape[1];
  contract.width = shape[2];
  if (shape[3] == 1) contract.color = tensor::ColorOrder::kGray;
  contract.dtype = input.dtype;
  if (input.dtype == tensor::DType::kFloat32) {
    bool found = false;
    if (said.process_units() == nullptr) return;
    for (const metadata::ProcessUnit* unit : *said.process_units()) {
      const auto* options = unit->options_as_NormalizationOptions();
      if (options == nullptr) continue;
      contract.normalization.kind = tensor::NormalizationKind::kMeanStd;
      found = ReadPerChannel(options->mean(), contract.normalization.mean) &&
              ReadPerChannel(options->std(), contract.normalization.std) &&
              contract.normalization.std[0] != 0 && contract.normalization.std[1] != 0 &&
              contract.normalization.std[2] != 0;
    }
    if (!found) return;
  } else {
    contract.scale = 1;
    contract.zero_point = input.dtype == tensor::DType::kInt8 ? -128 : 0;
  }
  graph.metadata.input_contract = contract;
  graph.metadata.input_contract_from = "the file's metadata (M001)";
}

void ReadLabels(const metadata::TensorMetadata& said, std::span<const std::byte> file,
                graph::Metadata& out) {
  if (said.associated_files() == nullptr) return;
  for (const metadata::AssociatedFile* entry : *said.associated_files()) {
    bool labels = entry->type() == metadata::AssociatedFileType::TENSOR_AXIS_LABELS ||
                  entry->type() == metadata::AssociatedFileType::TENSOR_VALUE_LABELS;
    if (!labels || entry->name() == nullptr) continue;
    auto contents = FindStoredEntry(file, entry->name()->string_view());
    if (!contents) {
      out.notes.push_back(base::Cat("its labels cannot be read (", contents.error().ToString(),
                                    "); name a file with --labels"));
      continue;
    }
    out.labels = SplitLines(base::AsText(*contents));
    return;
  }
}

}  // namespace

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::byte> WriteMetadata(const graph::Graph& graph) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<Offset<metadata::TensorMetadata>> inputs;
  const std::string& input_name = NameOr(graph.input_names, graph, graph.inputs[0]);
  if (graph.metadata.input_contract && TakesBytes(*graph.metadata.input_contract)) {
    inputs.push_back(WriteInput(builder, input_name, *graph.metadata.input_contract));
  }
  const std::string& output_name = NameOr(graph.output_names, graph, graph.outputs[0]);
  std::vector<Offset<metadata::TensorMetadata>> outputs = {
      WriteOutput(builder, output_name, !graph.metadata.labels.empty())};
  std::vector<Offset<metadata::SubGraphMetadata>> subgraphs = {
      metadata::CreateSubGraphMetadataDirect(builder, nullptr, nullptr, &inputs, &outputs)};
  auto model = metadata::CreateModelMetadataDirect(builder, graph.name.c_str(),
                                                   graph.metadata.description.c_str(), nullptr,
                                                   &subgraphs, nullptr, nullptr, nullptr, "1.0.0");
  metadata::FinishModelMetadataBuffer(builder, model);
  auto bytes = std::as_bytes(builder.GetBufferSpan());
  return {bytes.begin(), bytes.end()};
}

Status ReadMetadata(std::span<const std::byte> bytes, std::span<const std::byte> file,
                    graph::Graph& graph) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size(), 64, kMostMetadataTables);
  bool marked = bytes.size() >= 8 && metadata::ModelMetadataBufferHasIdentifier(data);
  if (!marked || !metadata::VerifyModelMetadataBuffer(verifier)) {
    return Fail(ErrorCode::kInvalid, "the metadata (M001) is damaged");
  }
  const metadata::ModelMetadata& model = *metadata::GetModelMetadata(data);
  if (model.description() != nullptr) graph.metadata.description = model.description()->str();
  if (model.subgraph_metadata() == nullptr || model.subgraph_metadata()->size() == 0) return {};
  const metadata::SubGraphMetadata& said = *model.subgraph_metadata()->Get(0);
  const auto* inputs = said.input_tensor_metadata();
  if (inputs != nullptr && inputs->size() == 1) ReadInput(*inputs->Get(0), graph);
  const auto* outputs = said.output_tensor_metadata();
  if (outputs != nullptr && outputs->size() >= 1) {
    ReadLabels(*outputs->Get(0), file, graph.metadata);
  }
  return {};
}

}  // namespace goldcrest::formats::tflite
