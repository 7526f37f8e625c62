// A GraphDef by itself: where it begins and ends is stated, or guessed.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/file.h"
#include "formats/reading/parse_message.h"
#include "formats/reading/varint.h"
#include "formats/tensorflow/field_count.h"
#include "formats/tensorflow/import.h"
#include "formats/tensorflow/tensorflow.h"

namespace goldcrest::formats::tensorflow {
namespace {

// "name:0" as "name"; of an input there is no other output.
std::string WithoutOutput(const std::string& array) {
  return array.ends_with(":0") ? array.substr(0, array.size() - 2) : array;
}

// Operators whose result nobody asks a model for.
constexpr std::array<std::string_view, 7> kNoOutputs = {
    "NoOp",        "Const",      "Placeholder",           "Assert",
    "VarHandleOp", "VariableV2", "PlaceholderWithDefault"};

// What nothing reads. Several of them are an error: only the user knows which are meant.
Result<std::string> GuessOutput(const proto::GraphDef& graph) {
  std::unordered_set<std::string_view> read;
  for (const proto::NodeDef& node : graph.node()) {
    for (const std::string& input : node.input()) {
      if (input.starts_with('^')) continue;
      read.insert(std::string_view(input).substr(0, input.find(':')));
    }
  }
  std::vector<std::string> ends;
  for (const proto::NodeDef& node : graph.node()) {
    const bool possible = std::ranges::find(kNoOutputs, node.op()) == kNoOutputs.end();
    if (possible && !read.contains(node.name())) ends.push_back(node.name());
  }
  if (ends.size() == 1) return ends.front();
  constexpr size_t kMostNamed = 8;
  const size_t count = ends.size();
  ends.resize(std::min(count, kMostNamed));
  return Fail(ErrorCode::kUsage, "the graph has ", count, " tensors that nothing reads",
              count == 0 ? "" : ": ", base::Join(ends, ", "), count > kMostNamed ? ", …" : "",
              "; name the model's output with --output-arrays");
}

Result<std::vector<std::string>> InputArrays(const proto::GraphDef& graph,
                                             const ImportOptions& options) {
  std::vector<std::string> arrays = options.input_arrays;
  for (std::string& array : arrays) array = WithoutOutput(array);
  if (!arrays.empty()) return arrays;
  for (const proto::NodeDef& node : graph.node()) {
    if (node.op() == "Placeholder") arrays.push_back(node.name());
  }
  if (!arrays.empty()) return arrays;
  return Fail(ErrorCode::kUsage,
              "the graph has no placeholder; name the model's input with "
              "--input-arrays and its shape with --input-shapes");
}

}  // namespace

bool SniffGraph(std::span<const std::byte> file) {
  // GraphDef's field 1, a NodeDef, whose fields 1 and 2 are its name and its operator.
  constexpr uint8_t kField1 = 0x0a;
  constexpr uint8_t kField2 = 0x12;
  base::ByteReader reader(file);
  bool ok = reader.Read<uint8_t>() == kField1;
  ok = reading::ReadVarint(reader, ok) <= file.size() && ok && reader.Read<uint8_t>() == kField1;
  const uint64_t name = reading::ReadVarint(reader, ok);
  if (!ok || name == 0 || name > reader.left()) return false;
  reader.Skip(static_cast<size_t>(name));
  return reader.Read<uint8_t>() == kField2;
}

Result<graph::Graph> ReadGraph(std::span<const std::byte> file, const ImportOptions& options) {
  if (!options.signature_key.empty()) {
    return Fail(ErrorCode::kUsage,
                "--signature-key goes with a SavedModel, which is a folder; "
                "a frozen graph has no signatures");
  }
  GOLDCREST_RETURN_IF_ERROR(ExpectFewFields(kGraph, file));
  proto::GraphDef graph;
  GOLDCREST_RETURN_IF_ERROR(reading::ParseMessage(file, "the graph", graph));
  GOLDCREST_TRY(Flattener flattener, Flattener::Create(graph));
  GOLDCREST_TRY(const std::vector<std::string> inputs, InputArrays(graph, options));
  for (const std::string& input : inputs) {
    GOLDCREST_RETURN_IF_ERROR(Within("--input-arrays", flattener.AddInput(input)));
  }
  std::vector<std::string> outputs = options.output_arrays;
  if (outputs.empty()) {
    GOLDCREST_TRY(std::string output, GuessOutput(graph));
    outputs.push_back(std::move(output));
  }
  Ends ends;
  for (const std::string& output : outputs) {
    GOLDCREST_TRY(const TensorRef tensor,
                  Within(base::Cat("output '", output, "'"), flattener.Resolve(output)));
    ends.outputs.push_back({tensor, WithoutOutput(output)});
  }
  const size_t reached = flattener.nodes().size();
  for (const std::string& input : inputs) {
    GOLDCREST_TRY(const TensorRef tensor, flattener.Resolve(input));
    if (static_cast<size_t>(tensor.node) < reached) {
      ends.inputs.push_back({tensor, input});
    } else if (!options.input_arrays.empty()) {
      return Fail(ErrorCode::kUsage, "the outputs do not depend on '", input,
                  "', which --input-arrays names");
    }
  }
  // What is not reached lies behind the rest.
  const std::span<const FlatNode> nodes = std::span(flattener.nodes()).first(reached);
  Budget budget(file.size());
  GOLDCREST_TRY(graph::Graph imported,
                ImportNodes(nodes, ends, options.input_shapes, budget, nullptr));
  if (options.input_arrays.empty() || options.output_arrays.empty()) {
    imported.metadata.notes.push_back(base::Cat(
        "read from ", base::Join(imported.input_names, ", "), " to ",
        base::Join(imported.output_names, ", "), ", which is a guess; other ends are named with ",
        "--input-arrays and --output-arrays"));
  }
  return imported;
}

}  // namespace goldcrest::formats::tensorflow
