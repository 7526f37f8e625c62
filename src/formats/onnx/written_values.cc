#include "formats/onnx/written_values.h"

#include <algorithm>
#include <numeric>

#include "base/strings.h"
#include "formats/onnx/real_constant.h"
#include "formats/onnx/unrounded.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::DType;

constexpr size_t At(Layout layout) { return static_cast<size_t>(layout); }

constexpr int64_t kMove = 128;  // from int8 to uint8

std::vector<std::byte> ZeroPoints(const graph::Value& value, int64_t move) {
  std::vector<std::byte> bytes;
  for (int64_t zero : value.quantization.zero_point) {
    // Little-endian, the lowest bytes first.
    for (size_t i = 0; i < tensor::SizeOf(value.dtype); ++i) {
      bytes.push_back(static_cast<std::byte>(static_cast<uint64_t>(zero + move) >> (8 * i)));
    }
  }
  return bytes;
}

}  // namespace

bool StandsForReals(const graph::Value& value) {
  return tensor::LimitsOf(value.dtype) && !value.quantization.empty();
}

WrittenValues::WrittenValues(const graph::Graph& graph, const WriteOptions& options,
                             WrittenGraph& file)
    : graph_(graph),
      options_(options),
      file_(file),
      unrounded_(UnroundedValues(graph, options.target)),
      tensors_(graph.values.size()) {}

Layout WrittenValues::LayoutOutside(ValueId id) const {
  const bool picture = graph_.value(id).shape.size() == 4;
  return picture && options_.layout == PictureLayout::kNchw ? Layout::kChannelsFirst
                                                            : Layout::kPlain;
}

void WrittenValues::DeclareInputs() {
  for (size_t i = 0; i < graph_.inputs.size(); ++i) {
    const ValueId id = graph_.inputs[i];
    const graph::Value& value = graph_.value(id);
    const std::string name =
        file_.Unique(graph_.input_names.empty() ? value.name : graph_.input_names[i]);
    const Layout layout = LayoutOutside(id);
    tensors_[static_cast<size_t>(id)].own[At(layout)] = name;
    WrittenGraph::Describe(name, value.dtype, ShapeIn(layout, value.shape),
                           *file_.message().add_input());
  }
  // Taken before anything else could have them.
  for (size_t i = 0; i < graph_.outputs.size(); ++i) {
    const ValueId id = graph_.outputs[i];
    output_names_.push_back(
        file_.Unique(graph_.output_names.empty() ? graph_.value(id).name : graph_.output_names[i]));
    outputs_.emplace(id, i);
  }
}

void WrittenValues::DeclareOutputs() {
  for (size_t i = 0; i < graph_.outputs.size(); ++i) {
    const ValueId id = graph_.outputs[i];
    const Layout layout = LayoutOutside(id);
    const std::string made = Own(id, layout);
    const std::string& name = output_names_[i];
    if (made != name) file_.AddNode("Identity", {made}, name);
    const graph::Value& value = graph_.value(id);
    WrittenGraph::Describe(name, value.dtype, ShapeIn(layout, value.shape),
                           *file_.message().add_output());
  }
}

// The name of the graph's output where the value goes out as it is made.
std::string WrittenValues::OwnName(ValueId id, Layout layout) {
  const auto output = outputs_.find(id);
  if (output != outputs_.end() && layout == LayoutOutside(id)) return output_names_[output->second];
  const std::string& name = graph_.value(id).name;
  return file_.Unique(output == outputs_.end() ? name : base::Cat(name, "/inner"));
}

Layout WrittenValues::LayoutOf(ValueId id) const {
  const Tensors& tensors = tensors_[static_cast<size_t>(id)];
  return tensors.own[At(Layout::kChannelsFirst)].empty() ? Layout::kPlain : Layout::kChannelsFirst;
}

std::string WrittenValues::NameForReals(ValueId id, Layout layout) {
  if (!IsQuantized(id)) return OwnName(id, layout);
  return file_.Unique(base::Cat(graph_.value(id).name, "/reals"));
}

void WrittenValues::Put(ValueId id, Layout layout, const std::string& reals) {
  std::string& own = tensors_[static_cast<size_t>(id)].own[At(layout)];
  if (!IsQuantized(id)) {
    own = reals;
    return;
  }
  own = Quantized(id, BytesOf(id), reals, OwnName(id, layout));
}

void WrittenValues::PutAlias(ValueId id, ValueId source) {
  tensors_[static_cast<size_t>(id)] = tensors_[static_cast<size_t>(source)];
}

void WrittenValues::PutReals(ValueId id, ValueId source) {
  const Layout layout = LayoutOf(source);
  std::string& own = tensors_[static_cast<size_t>(id)].own[At(layout)];
  own = outputs_.contains(id)
            ? Dequantized(source, OwnBytesOf(source), Own(source, layout), OwnName(id, layout))
            : Reals(source, layout);
}

WrittenValues::Bytes WrittenValues::BytesOf(ValueId id) const {
  const bool moved = options_.target == Target::kOnnxRuntime && IsQuantized(id) &&
                     graph_.value(id).dtype == DType::kInt8 && !outputs_.contains(id);
  return moved ? Bytes::kMoved : Bytes::kOwn;
}

WrittenValues::Bytes WrittenValues::OwnBytesOf(ValueId id) const {
  const bool input = std::ranges::find(graph_.inputs, id) != graph_.inputs.end();
  return input ? Bytes::kOwn : BytesOf(id);
}

const WrittenValues::Parameters& WrittenValues::ParametersOf(ValueId id, Bytes bytes) {
  Parameters& parameters = parameters_[{id, bytes}];
  if (!parameters.scale.empty()) return parameters;
  const graph::Value& value = graph_.value(id);
  const tensor::Quantization& q = value.quantization;
  tensor::Shape shape;
  if (q.per_channel()) shape = {static_cast<int64_t>(q.scale.size())};
  const bool moved = bytes == Bytes::kMoved;
  parameters.scale = file_.AddFloats(base::Cat(value.name, "/scale"), shape, q.scale);
  parameters.zero_point = file_.AddInitializer(base::Cat(value.name, "/zero_point"),
                                               moved ? DType::kUInt8 : value.dtype, shape,
                                               ZeroPoints(value, moved ? kMove : 0));
  return parameters;
}

std::string WrittenValues::Quantized(ValueId id, Bytes bytes, const std::string& reals,
                                     std::string name) {
  const Parameters& parameters = ParametersOf(id, bytes);
  return file_.AddNode("QuantizeLinear", {reals, parameters.scale, parameters.zero_point},
                       std::move(name));
}

std::string WrittenValues::Dequantized(ValueId id, Bytes bytes, const std::string& integers,
                                       std::string name, int64_t axis) {
  const Parameters& parameters = ParametersOf(id, bytes);
  std::vector<WrittenAttribute> attributes;
  if (graph_.value(id).quantization.per_channel()) attributes.push_back({"axis", axis});
  return file_.AddNode("DequantizeLinear", {integers, parameters.scale, parameters.zero_point},
                       std::move(name), attributes);
}

std::string WrittenValues::Rounded(ValueId id, const std::string& reals) {
  if (!IsQuantized(id)) return reals;
  const Bytes bytes = BytesOf(id);
  const std::string& name = graph_.value(id).name;
  return Dequantized(id, bytes,
                     Quantized(id, bytes, reals, file_.Unique(base::Cat(name, "/rounded"))),
                     file_.Unique(base::Cat(name, "/rounded_reals")));
}

std::string WrittenValues::Own(ValueId id, Layout layout) {
  Tensors& tensors = tensors_[static_cast<size_t>(id)];
  std::string& own = tensors.own[At(layout)];
  if (!own.empty()) return own;
  const graph::Value& value = graph_.value(id);
  if (value.constant) {
    return own = AddConstant(id, value.shape,
                             layout == Layout::kPlain ? Permutation{} : kToChannelsFirst,
                             BytesOf(id));
  }
  const bool first = layout == Layout::kChannelsFirst;
  const std::string& other = tensors.own[At(first ? Layout::kPlain : Layout::kChannelsFirst)];
  const auto output = outputs_.find(id);
  const bool outside = output != outputs_.end() && layout == LayoutOutside(id);
  std::string name = outside ? output_names_[output->second]
                             : file_.Unique(base::Cat(value.name, first ? "/nchw" : "/nhwc"));
  return own = file_.AddNode("Transpose", {other}, std::move(name),
                             {{"perm", first ? kToChannelsFirst : kToChannelsLast}});
}

std::string WrittenValues::Reals(ValueId id, Layout layout) {
  if (!IsQuantized(id)) return Own(id, layout);
  std::string& reals = tensors_[static_cast<size_t>(id)].reals[At(layout)];
  if (!reals.empty()) return reals;
  const graph::Value& value = graph_.value(id);
  const int64_t axis = AxisIn(layout, value.quantization.axis);
  const std::string integers = Own(id, layout);
  const Bytes bytes = OwnBytesOf(id);
  reals =
      Dequantized(id, bytes, integers, file_.Unique(base::Cat(value.name, "/dequantized")), axis);
  if (bytes != BytesOf(id)) reals = Rounded(id, reals);
  return reals;
}

// The constant, seen as of the shape `from`, with its dimensions in another order (none: as they
// are).
std::string WrittenValues::AddConstant(ValueId id, const tensor::Shape& from,
                                       const Permutation& permutation, Bytes bytes) {
  graph::Value value = graph_.value(id);
  if (StandsForReals(value) && !IsQuantized(id)) {
    value.constant = *RealConstant(value);
    value.dtype = DType::kFloat32;
  }
  std::vector<std::byte> elements(value.constant->bytes().begin(), value.constant->bytes().end());
  tensor::Shape shape = from;
  if (!permutation.empty()) {
    elements = Permuted(elements, tensor::SizeOf(value.dtype), from, permutation);
    for (size_t i = 0; i < shape.size(); ++i) shape[i] = from[static_cast<size_t>(permutation[i])];
  }
  const bool moved = bytes == Bytes::kMoved;
  if (moved) {
    for (std::byte& each : elements) each ^= std::byte{kMove};
  }
  return file_.AddInitializer(value.name, moved ? DType::kUInt8 : value.dtype, shape, elements);
}

std::string WrittenValues::BroadcastConstant(ValueId id, Layout layout) {
  const graph::Value& value = graph_.value(id);
  if (layout == Layout::kPlain || value.shape.empty()) return Reals(id, Layout::kPlain);
  if (value.shape.size() == 4) return Reals(id, layout);
  std::string& reals = constants_[{id, kToChannelsFirst}];
  if (!reals.empty()) return reals;
  const size_t missing = 4 - value.shape.size();
  tensor::Shape whole = value.shape;
  whole.insert(whole.begin(), missing, 1);
  const Bytes bytes = BytesOf(id);
  reals = AddConstant(id, whole, kToChannelsFirst, bytes);
  if (!IsQuantized(id)) return reals;
  const int64_t axis = value.quantization.axis + static_cast<int64_t>(missing);
  return reals = Dequantized(id, bytes, reals, file_.Unique(base::Cat(value.name, "/dequantized")),
                             AxisIn(layout, axis));
}

std::string WrittenValues::Weights(ValueId id, const Permutation& permutation) {
  std::string& reals = constants_[{id, permutation}];
  if (!reals.empty()) return reals;
  const graph::Value& value = graph_.value(id);
  reals = AddConstant(id, value.shape, permutation, Bytes::kOwn);
  if (!IsQuantized(id)) return reals;
  const int64_t axis =
      std::ranges::find(permutation, value.quantization.axis) - permutation.begin();
  return reals = Dequantized(id, Bytes::kOwn, reals,
                             file_.Unique(base::Cat(value.name, "/dequantized")), axis);
}

}  // namespace goldcrest::formats::onnx
