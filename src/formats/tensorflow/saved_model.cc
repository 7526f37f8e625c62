// A SavedModel: its message, the signature that is asked for, and its variables.
#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "formats/reading/parse_message.h"
#include "formats/tensorflow/checkpoint.h"
#include "formats/tensorflow/field_count.h"
#include "formats/tensorflow/import.h"
#include "formats/tensorflow/tensorflow.h"
#include "formats/tensorflow/variables.h"
#include "saved_model.pb.h"

namespace goldcrest::formats::tensorflow {
namespace {

constexpr std::string_view kInitialization = "__saved_model_init_op";

// The part that is for inference.
Result<const proto::MetaGraphDef*> GraphToServe(const proto::SavedModel& model) {
  for (const proto::MetaGraphDef& graph : model.meta_graphs()) {
    const auto& tags = graph.meta_info_def().tags();
    if (std::ranges::find(tags, "serve") != tags.end()) return &graph;
  }
  if (model.meta_graphs_size() == 1) return &model.meta_graphs(0);
  return Fail(ErrorCode::kUnsupported, "none of its ", model.meta_graphs_size(),
              " graphs has the tag 'serve'");
}

Result<std::string> SignatureKey(const proto::MetaGraphDef& graph, const std::string& asked) {
  std::vector<std::string> keys;
  for (const auto& [key, signature] : graph.signature_def()) {
    if (key != kInitialization && !signature.outputs().empty()) keys.push_back(key);
  }
  std::ranges::sort(keys);
  if (keys.empty()) {
    return Fail(ErrorCode::kUnsupported,
                "the model has no signature; save it with "
                "tf.saved_model.save(model, folder, signatures=…)");
  }
  std::string key = asked.empty() ? "serving_default" : asked;
  if (std::ranges::binary_search(keys, key)) return key;
  if (asked.empty() && keys.size() == 1) return keys.front();
  return Fail(ErrorCode::kUsage,
              asked.empty() ? "" : base::Cat("there is no signature '", key, "'; "), "name one of ",
              base::Join(keys, ", "), " with --signature-key");
}

// In the order of their names, as TensorFlow has them.
std::vector<std::pair<std::string, std::string>> InOrder(
    const google::protobuf::Map<std::string, proto::TensorInfo>& tensors) {
  std::vector<std::pair<std::string, std::string>> sorted;
  for (const auto& [name, tensor] : tensors) sorted.emplace_back(name, tensor.name());
  std::ranges::sort(sorted);
  return sorted;
}

Result<Ends> ResolveEnds(const proto::SignatureDef& signature, Flattener& flattener) {
  Ends ends;
  for (const auto& [name, tensor] : InOrder(signature.inputs())) {
    GOLDCREST_TRY(const TensorName parsed, ParseTensorName(tensor));
    GOLDCREST_RETURN_IF_ERROR(flattener.AddInput(parsed.node));
  }
  for (const auto& [name, tensor] : InOrder(signature.outputs())) {
    GOLDCREST_TRY(const TensorRef ref,
                  Within(base::Cat("output '", name, "'"), flattener.Resolve(tensor)));
    ends.outputs.push_back({ref, name});
  }
  for (const auto& [name, tensor] : InOrder(signature.inputs())) {
    GOLDCREST_TRY(const TensorRef ref,
                  Within(base::Cat("input '", name, "'"), flattener.Resolve(tensor)));
    ends.inputs.push_back({ref, name});
  }
  return ends;
}

// Variables as their nodes ask for them; the checkpoint is opened when the first does.
class Variables {
 public:
  Variables(const SavedModelFiles& files, std::unordered_map<std::string, std::string> keys,
            Budget& budget)
      : files_(files), keys_(std::move(keys)), budget_(budget) {}

  Result<Floats> Read(const FlatNode& node) {
    auto key = keys_.find(NameOfVariable(node));
    if (key == keys_.end()) {
      return Fail(ErrorCode::kUnsupported, "nothing restores this variable from the checkpoint");
    }
    if (!checkpoint_) {
      GOLDCREST_TRY(checkpoint_,
                    Within("variables.index", Checkpoint::Open(files_.index, files_.shard)));
    }
    return Within(base::Cat("'", key->second, "' of the checkpoint"),
                  checkpoint_->Read(key->second, budget_));
  }

 private:
  const SavedModelFiles& files_;
  std::unordered_map<std::string, std::string> keys_;
  Budget& budget_;
  std::optional<Checkpoint> checkpoint_;
};

}  // namespace

bool SniffSavedModel(std::span<const std::byte> file) {
  // The schema's version, which is 1, then a MetaGraphDef.
  return base::AsText(file).starts_with("\x08\x01\x12");
}

Result<graph::Graph> ReadSavedModel(const SavedModelFiles& files, const ImportOptions& options) {
  if (!options.input_arrays.empty() || !options.output_arrays.empty()) {
    return Fail(ErrorCode::kUsage,
                "--input-arrays and --output-arrays go with a frozen graph; a "
                "SavedModel has signatures: --signature-key");
  }
  GOLDCREST_RETURN_IF_ERROR(
      Within("saved_model.pb", ExpectFewFields(kSavedModel, files.saved_model)));
  proto::SavedModel model;
  GOLDCREST_RETURN_IF_ERROR(
      Within("saved_model.pb", reading::ParseMessage(files.saved_model, "the SavedModel", model)));
  GOLDCREST_TRY(const proto::MetaGraphDef* graph, GraphToServe(model));
  GOLDCREST_TRY(const std::string key, SignatureKey(*graph, options.signature_key));
  const proto::SignatureDef& signature = graph->signature_def().at(key);
  GOLDCREST_TRY(Flattener flattener, Flattener::Create(graph->graph_def()));
  GOLDCREST_TRY(const Ends ends,
                Within(base::Cat("signature '", key, "'"), ResolveEnds(signature, flattener)));
  const size_t count = flattener.nodes().size();
  GOLDCREST_TRY(auto keys, FindVariables(flattener, graph->saver_def().restore_op_name()));
  Budget budget(files.saved_model.size() + files.index.size());
  Variables variables(files, std::move(keys), budget);
  return ImportNodes(std::span(flattener.nodes()).first(count), ends, options.input_shapes, budget,
                     [&](const FlatNode& node) { return variables.Read(node); });
}

bool IsSavedModelFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::path(path) / "saved_model.pb", error);
}

Result<graph::Graph> ReadSavedModelFolder(const std::string& path, const ImportOptions& options) {
  const std::filesystem::path folder(path);
  const std::filesystem::path variables = folder / "variables";
  GOLDCREST_TRY(const auto saved_model, base::MappedFile::Open(folder / "saved_model.pb"));
  std::shared_ptr<const base::MappedFile> index;
  std::error_code error;
  if (std::filesystem::exists(variables / "variables.index", error)) {
    GOLDCREST_TRY(index, base::MappedFile::Open(variables / "variables.index"));
  }
  SavedModelFiles files;
  files.saved_model = saved_model->bytes();
  if (index != nullptr) files.index = index->bytes();
  files.shard = [&](int32_t shard, int32_t count) -> Result<tensor::SharedBytes> {
    char name[64];
    std::snprintf(name, sizeof name, "variables.data-%05d-of-%05d", shard, count);
    GOLDCREST_TRY(const auto file, Within(name, base::MappedFile::Open(variables / name)));
    return tensor::SharedBytes::Of(file);
  };
  return ReadSavedModel(files, options);
}

}  // namespace goldcrest::formats::tensorflow
