#include "support/saved_model_files.h"

#include <algorithm>
#include <cstring>

#include "base/crc32c.h"
#include "base/file.h"
#include "formats/tensorflow/data_types.h"
#include "saved_model.pb.h"
#include "support/tensorflow_files.h"
#include "tensor_bundle.pb.h"

namespace goldcrest::testing {
namespace {

using formats::tensorflow::kFloat;
using formats::tensorflow::kString;

void Number(std::string& text, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
}

void Varint(std::string& text, uint64_t value) {
  for (; value >= 0x80; value >>= 7) text += static_cast<char>(value | 0x80);
  text += static_cast<char>(value);
}

// Appends a block with its trailer, and returns its handle.
std::string AddBlock(std::string& file,
                     const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string block;
  std::string before;
  for (const auto& [key, value] : entries) {
    const auto end = std::ranges::mismatch(before, key).in1;
    const auto shared = static_cast<size_t>(end - before.begin());
    Varint(block, shared);
    Varint(block, key.size() - shared);
    Varint(block, value.size());
    block += key.substr(shared) + value;
    before = key;
  }
  Number(block, 0, 4);  // where the first entry lies, whose key is whole
  Number(block, 1, 4);
  std::string handle;
  Varint(handle, file.size());
  Varint(handle, block.size());
  block += '\0';
  const uint32_t checksum = base::MaskedCrc32c(base::Crc32c(base::AsBytes(block)));
  Number(block, checksum, 4);
  file += block;
  return handle;
}

}  // namespace

std::string SortedTable(const std::map<std::string, std::string>& entries, size_t in_block) {
  std::string file;
  std::vector<std::pair<std::string, std::string>> block;
  std::vector<std::pair<std::string, std::string>> index;
  for (const auto& entry : entries) {
    block.push_back(entry);
    if (block.size() < in_block && entry.first != entries.rbegin()->first) continue;
    index.emplace_back(entry.first, AddBlock(file, block));
    block.clear();
  }
  std::string footer = AddBlock(file, {});
  footer += AddBlock(file, index);
  footer.resize(40);
  Number(footer, 0xdb4775248b80fb57, 8);
  return file + footer;
}

SavedModelParts SmallSavedModel() {
  tf::SavedModel model;
  model.set_saved_model_schema_version(1);
  tf::MetaGraphDef& meta = *model.add_meta_graphs();
  meta.mutable_meta_info_def()->add_tags("serve");
  NodeMaker make;
  make.Placeholder("serving_x", {-1, 2});
  std::map<std::string, std::vector<int64_t>> variables = {{"weights", {2, 3}}, {"bias", {3}}};
  for (const auto& [name, shape] : variables) {
    SetText(make.Add("VarHandleOp", name, {}), "shared_name", "shared_" + name);
  }
  tf::NodeDef& call = make.Add("StatefulPartitionedCall", "call", {"serving_x", "weights", "bias"});
  (*call.mutable_attr())["f"].mutable_func()->set_name("dense");
  AddTensor(make.Add("Const", "filename", {}), kString, {}).add_string_val("part");
  tf::NodeDef& restore =
      make.Add("StatefulPartitionedCall", "restore", {"filename", "bias", "weights"});
  (*restore.mutable_attr())["f"].mutable_func()->set_name("restore_all");
  *meta.mutable_graph_def() = make.graph;

  NodeMaker body;
  body.Add("ReadVariableOp", "MatMul/read", {"w"});
  body.Add("MatMul", "MatMul", {"inputs", "MatMul/read:value:0"});
  body.Add("ReadVariableOp", "BiasAdd/read", {"b"});
  body.Add("BiasAdd", "BiasAdd", {"MatMul:product:0", "BiasAdd/read:value:0"});
  body.Add("Identity", "Identity", {"BiasAdd:output:0"});
  auto add_function = [&](const char* name, std::vector<std::string> arguments, NodeMaker& nodes) {
    tf::FunctionDef& function = *meta.mutable_graph_def()->mutable_library()->add_function();
    function.mutable_signature()->set_name(name);
    for (const std::string& argument : arguments) {
      function.mutable_signature()->add_input_arg()->set_name(argument);
    }
    function.mutable_signature()->add_output_arg()->set_name("output_0");
    function.mutable_node_def()->CopyFrom(nodes.graph.node());
    (*function.mutable_ret())["output_0"] = "Identity:output:0";
  };
  add_function("dense", {"inputs", "w", "b"}, body);

  NodeMaker restoring;
  tf::TensorProto& keys = AddTensor(restoring.Add("Const", "names", {}), kString, {2});
  keys.add_string_val("layer/bias");
  keys.add_string_val("layer/kernel");
  restoring.Add("RestoreV2", "RestoreV2", {"file", "names:output:0", "names:output:0"});
  restoring.Add("Identity", "Identity", {"RestoreV2:tensors:0"});
  restoring.Add("AssignVariableOp", "assign", {"b", "Identity:output:0"});
  restoring.Add("Identity", "Identity_1", {"RestoreV2:tensors:1"});
  restoring.Add("AssignVariableOp", "assign_1", {"w", "Identity_1:output:0"});
  add_function("restore_all", {"file", "b", "w"}, restoring);

  meta.mutable_saver_def()->set_restore_op_name("restore");
  tf::SignatureDef& signature = (*meta.mutable_signature_def())["serving_default"];
  (*signature.mutable_inputs())["x"].set_name("serving_x:0");
  (*signature.mutable_outputs())["y"].set_name("call:0");

  SavedModelParts parts;
  parts.saved_model = Serialized(model);
  std::map<std::string, std::string> index;
  tf::BundleHeaderProto header;
  header.set_num_shards(1);
  index[""] = header.SerializeAsString();
  for (const auto& [name, shape] : variables) {
    const std::vector<float> elements = Rising(shape);
    std::string bytes(elements.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), elements.data(), bytes.size());
    tf::BundleEntryProto entry;
    entry.set_dtype(kFloat);
    for (int64_t d : shape) entry.mutable_shape()->add_dim()->set_size(d);
    entry.set_offset(static_cast<int64_t>(parts.shard.size()));
    entry.set_size(static_cast<int64_t>(bytes.size()));
    entry.set_crc32c(base::MaskedCrc32c(base::Crc32c(base::AsBytes(bytes))));
    index[name == "bias" ? "layer/bias" : "layer/kernel"] = entry.SerializeAsString();
    parts.shard += bytes;
  }
  parts.index = SortedTable(index);
  return parts;
}

std::string JoinParts(const SavedModelParts& parts) {
  std::string joined;
  Number(joined, parts.saved_model.size(), 4);
  Number(joined, parts.index.size(), 4);
  return joined + parts.saved_model + parts.index + parts.shard;
}

Result<graph::Graph> ReadSavedModelParts(const SavedModelParts& parts,
                                         const formats::tensorflow::ImportOptions& options) {
  formats::tensorflow::SavedModelFiles files;
  files.saved_model = base::AsBytes(parts.saved_model);
  files.index = base::AsBytes(parts.index);
  auto shard = std::make_shared<const std::string>(parts.shard);
  files.shard = [&](int32_t number, int32_t) -> Result<tensor::SharedBytes> {
    if (number != 0) return Fail(ErrorCode::kNotFound, "there is no shard ", number);
    return tensor::SharedBytes(shard, base::AsBytes(*shard));
  };
  return formats::tensorflow::ReadSavedModel(files, options);
}

Result<graph::Graph> ReadJoinedSavedModel(std::string_view file) {
  constexpr size_t kLengths = 8;
  uint32_t sizes[2];
  if (file.size() < kLengths) return Invalid("cut off");
  std::memcpy(sizes, file.data(), kLengths);
  file.remove_prefix(kLengths);
  if (sizes[0] > file.size() || sizes[1] > file.size() - sizes[0]) return Invalid("cut off");
  return ReadSavedModelParts({std::string(file.substr(0, sizes[0])),
                              std::string(file.substr(sizes[0], sizes[1])),
                              std::string(file.substr(size_t{sizes[0]} + sizes[1]))});
}

std::vector<std::string> SmallSavedModels() { return {JoinParts(SmallSavedModel())}; }

}  // namespace goldcrest::testing
