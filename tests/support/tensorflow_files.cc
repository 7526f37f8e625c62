#include "support/tensorflow_files.h"

#include <algorithm>
#include <cstring>

#include "base/crc32c.h"
#include "base/file.h"
#include "formats/tensorflow/data_types.h"
#include "tensor_bundle.pb.h"

namespace goldcrest::testing {
namespace {

using formats::tensorflow::kFloat;
using formats::tensorflow::kInt32;
using formats::tensorflow::kString;

tf::TensorProto& AddTensor(tf::NodeDef& node, int32_t type, const std::vector<int64_t>& shape) {
  (*node.mutable_attr())["dtype"].set_type(type);
  tf::TensorProto& tensor = *(*node.mutable_attr())["value"].mutable_tensor();
  tensor.set_dtype(type);
  for (int64_t d : shape) tensor.mutable_tensor_shape()->add_dim()->set_size(d);
  return tensor;
}

std::vector<float> Rising(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (int64_t d : shape) count *= d;
  std::vector<float> elements;
  for (int64_t i = 0; i < count; ++i) elements.push_back(static_cast<float>(i % 13) / 8 - 0.75F);
  return elements;
}

// What reads comes before what is read.
void Reverse(tf::GraphDef& graph) {
  std::reverse(graph.mutable_node()->pointer_begin(), graph.mutable_node()->pointer_end());
}

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

tf::NodeDef& NodeMaker::Add(std::string_view op, std::string_view name,
                            std::vector<std::string> inputs) {
  tf::NodeDef& node = *graph.add_node();
  node.set_op(std::string(op));
  node.set_name(std::string(name));
  for (std::string& input : inputs) node.add_input(std::move(input));
  return node;
}

void NodeMaker::Placeholder(std::string_view name, const std::vector<int64_t>& shape) {
  tf::NodeDef& node = Add("Placeholder", name, {});
  (*node.mutable_attr())["dtype"].set_type(kFloat);
  tf::TensorShapeProto& said = *(*node.mutable_attr())["shape"].mutable_shape();
  for (int64_t d : shape) said.add_dim()->set_size(d);
}

void NodeMaker::Floats(std::string_view name, const std::vector<int64_t>& shape,
                       const std::vector<float>& elements) {
  const std::vector<float> numbers = elements.empty() ? Rising(shape) : elements;
  tf::TensorProto& tensor = AddTensor(Add("Const", name, {}), kFloat, shape);
  if (numbers.size() == 1) {
    tensor.add_float_val(numbers[0]);
  } else {
    tensor.set_tensor_content(numbers.data(), numbers.size() * sizeof(float));
  }
}

void NodeMaker::Integers(std::string_view name, const std::vector<int64_t>& shape,
                         const std::vector<int32_t>& elements) {
  tf::TensorProto& tensor = AddTensor(Add("Const", name, {}), kInt32, shape);
  tensor.mutable_int_val()->Add(elements.begin(), elements.end());
}

tf::NodeDef& NodeMaker::Convolution(std::string_view op, std::string_view name,
                                    std::vector<std::string> inputs, std::string_view padding) {
  tf::NodeDef& node = Add(op, name, std::move(inputs));
  SetList(node, "strides", {1, 1, 1, 1});
  SetText(node, "padding", padding);
  return node;
}

void SetText(tf::NodeDef& node, const std::string& name, std::string_view text) {
  (*node.mutable_attr())[name].set_s(std::string(text));
}

void SetFlag(tf::NodeDef& node, const std::string& name, bool flag) {
  (*node.mutable_attr())[name].set_b(flag);
}

void SetList(tf::NodeDef& node, const std::string& name, const std::vector<int64_t>& numbers) {
  (*node.mutable_attr())[name].mutable_list()->mutable_i()->Add(numbers.begin(), numbers.end());
}

tf::GraphDef SmallNetwork() {
  NodeMaker make;
  make.Placeholder("x", {-1, 8, 8, 3});
  make.Floats("conv/weights", {3, 3, 3, 4});
  make.Add("Identity", "conv/weights/read", {"conv/weights"});
  make.Convolution("Conv2D", "conv", {"x", "conv/weights/read"});
  for (const char* name : {"gamma", "beta", "mean"}) make.Floats(name, {4});
  make.Floats("variance", {4}, {1, 2, 3, 4});
  SetFlag(make.Add("FusedBatchNorm", "bn", {"conv", "gamma", "beta", "mean", "variance"}),
          "is_training", false);
  make.Add("Relu6", "relu", {"bn:0", "^conv"});
  make.Integers("axes", {2}, {1, 2});
  make.Add("Mean", "mean_of", {"relu", "axes"});
  make.Floats("dense/weights", {4, 5});
  make.Floats("dense/bias", {5});
  tf::NodeDef& call =
      make.Add("StatefulPartitionedCall", "dense", {"mean_of", "dense/weights", "dense/bias"});
  (*call.mutable_attr())["f"].mutable_func()->set_name("dense_function");
  make.Add("Softmax", "probabilities", {"dense"});
  Reverse(make.graph);

  NodeMaker body;
  body.Add("MatMul", "MatMul", {"features", "weights"});
  body.Add("BiasAdd", "BiasAdd", {"MatMul:product:0", "bias"});
  tf::FunctionDef& function = *make.graph.mutable_library()->add_function();
  function.mutable_signature()->set_name("dense_function");
  for (const char* name : {"features", "weights", "bias"}) {
    function.mutable_signature()->add_input_arg()->set_name(name);
  }
  function.mutable_signature()->add_output_arg()->set_name("logits");
  function.mutable_node_def()->CopyFrom(body.graph.node());
  (*function.mutable_ret())["logits"] = "BiasAdd:output:0";
  return make.graph;
}

tf::GraphDef SmallNetworkSpelledOut() {
  NodeMaker make;
  make.Placeholder("x", {-1, 8, 8, 4});
  make.Integers("block", {2}, {2, 2});
  make.Integers("paddings", {2, 2}, {2, 2, 2, 2});
  make.Integers("crops", {2, 2}, {0, 0, 0, 0});
  make.Floats("weights", {3, 3, 4, 1});
  make.Add("SpaceToBatchND", "space", {"x", "block", "paddings"});
  make.Convolution("DepthwiseConv2dNative", "depthwise", {"space", "weights"}, "VALID");
  make.Add("BatchToSpaceND", "batch", {"depthwise", "block", "crops"});
  make.Floats("epsilon", {}, {0.001F});
  for (const char* name : {"gamma", "beta", "mean"}) make.Floats(name, {4});
  make.Floats("variance", {4}, {1, 2, 3, 4});
  make.Add("AddV2", "bn/add", {"variance", "epsilon"});
  make.Add("Rsqrt", "bn/rsqrt", {"bn/add"});
  make.Add("Mul", "bn/mul", {"bn/rsqrt", "gamma"});
  make.Add("Mul", "bn/mul_1", {"batch", "bn/mul"});
  make.Add("Mul", "bn/mul_2", {"mean", "bn/mul"});
  make.Add("Sub", "bn/sub", {"beta", "bn/mul_2"});
  make.Add("AddV2", "bn", {"bn/mul_1", "bn/sub"});
  make.Add("Shape", "shape", {"bn"});
  for (const char* name : {"zero", "one"}) make.Integers(name, {1}, {*name == 'o' ? 1 : 0});
  tf::NodeDef& slice = make.Add("StridedSlice", "slice", {"shape", "zero", "one", "one"});
  (*slice.mutable_attr())["shrink_axis_mask"].set_i(1);
  make.Integers("rest", {}, {-1});
  make.Add("Pack", "pack", {"slice", "rest"});
  make.Add("Reshape", "flat", {"bn", "pack"});
  Reverse(make.graph);
  return make.graph;
}

std::vector<std::string> SmallGraphDefs() {
  return {SmallNetwork().SerializeAsString(), SmallNetworkSpelledOut().SerializeAsString()};
}

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
  parts.saved_model = model.SerializeAsString();
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
