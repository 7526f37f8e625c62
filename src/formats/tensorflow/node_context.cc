#include "formats/tensorflow/node_context.h"

#include <algorithm>

#include "graph/infer.h"

namespace goldcrest::formats::tensorflow {

using graph::ValueId;

Status NodeContext::ExpectInputs(size_t least, size_t most) const {
  if (input_count() >= least && input_count() <= most) return {};
  return Invalid("has ", input_count(), " inputs, ", least, " expected");
}

Result<const Operand*> NodeContext::Input(size_t i) const {
  if (i >= input_count()) return Invalid("has no input ", i);
  const TensorRef ref = flat().inputs[i];
  const FlatNode& producer = import_->nodes[static_cast<size_t>(ref.node)];
  if (ref.output != 0) {
    const auto found = import_->further.find({ref.node, ref.output});
    if (found != import_->further.end()) return &found->second;
    return Fail(ErrorCode::kUnsupported, "reads output ", ref.output, " of '", producer.name,
                "'; only the first is read");
  }
  const std::optional<Operand>& made = import_->made[static_cast<size_t>(ref.node)];
  if (!made) return Invalid("reads '", producer.name, "' before it is made");
  return &*made;
}

Result<ValueId> NodeContext::Value(size_t i) {
  GOLDCREST_TRY(const Operand* input, Input(i));
  if (const auto* value = std::get_if<ValueId>(input)) return *value;
  if (std::holds_alternative<SpaceInBatches>(*input)) {
    return Fail(ErrorCode::kUnsupported, "reads '", Producer(i).name(),
                "'; SpaceToBatchND is read before one convolution only, and BatchToSpaceND after "
                "it");
  }
  if (std::holds_alternative<Integers>(*input)) {
    return Fail(ErrorCode::kUnsupported, "computes with the integers of '", Producer(i).name(),
                "'; only shapes are integers here");
  }
  const RangedFloats* ranged = Ranged(i);
  const int64_t last = ranged == nullptr ? 0 : std::ssize(ranged->floats.shape) - 1;
  return Weights(i, 'a', last, [](const Floats& floats) -> Result<Floats> { return floats; });
}

Result<Floats> NodeContext::FloatsOf(size_t i) const {
  GOLDCREST_TRY(const Operand* input, Input(i));
  if (const auto* floats = std::get_if<Floats>(input)) return *floats;
  return Fail(ErrorCode::kUnsupported, "input ", i, ", '", Producer(i).name(),
              "', is no constant of float32; freeze the graph's variables first");
}

const RangedFloats* NodeContext::Ranged(size_t i) const {
  auto input = Input(i);
  return input ? std::get_if<RangedFloats>(*input) : nullptr;
}

Result<Floats> NodeContext::WeightsOf(size_t i) const {
  if (const RangedFloats* ranged = Ranged(i)) return ranged->floats;
  return FloatsOf(i);
}

Result<Integers> NodeContext::IntegersOf(size_t i) const {
  GOLDCREST_TRY(const Operand* input, Input(i));
  if (const auto* integers = std::get_if<Integers>(input)) return *integers;
  return Fail(ErrorCode::kUnsupported, "input ", i, ", '", Producer(i).name(),
              "', is computed from the model's data; only constants and shapes are read there");
}

Result<std::vector<int64_t>> NodeContext::NumbersOf(size_t i) const {
  GOLDCREST_TRY(Integers integers, IntegersOf(i));
  if (integers.shape.size() > 1) {
    return Invalid("input ", i, " has the shape ", tensor::ToString(integers.shape));
  }
  if (std::ranges::any_of(integers.elements, IsUnknown)) {
    return Fail(ErrorCode::kUnsupported, "input ", i, ", '", Producer(i).name(),
                "', depends on a size that the graph leaves open; state it with --input-shapes");
  }
  return std::move(integers.elements);
}

Result<std::vector<float>> NodeContext::FloatVectorOf(size_t i, size_t count) const {
  GOLDCREST_TRY(const Floats floats, FloatsOf(i));
  const std::span<const float> elements = floats.elements();
  if (elements.size() != count) {
    return Invalid("input ", i, " has the shape ", tensor::ToString(floats.shape), ", ", count,
                   " elements expected");
  }
  return std::vector<float>(elements.begin(), elements.end());
}

ValueId NodeContext::AddFloats(std::string name, Floats floats) {
  return graph().AddValue({.name = std::move(name),
                           .shape = std::move(floats.shape),
                           .constant = std::move(floats.bytes)});
}

Result<ValueId> NodeContext::AddFakeQuant(const RangedFloats& ranged, Floats floats, int64_t axis) {
  graph::FakeQuant op = ranged.op;
  std::vector<float> min = ranged.min;
  std::vector<float> max = ranged.max;
  if (min.size() > 1) {
    // Of a depthwise filter each input channel has the same ranges for what is made of it.
    op.axis = axis;
    const auto count = static_cast<size_t>(floats.shape[static_cast<size_t>(axis)]);
    for (size_t j = min.size(); j < count; ++j) {
      min.push_back(min[j - ranged.min.size()]);
      max.push_back(max[j - ranged.max.size()]);
    }
  }
  const tensor::Shape ranges = {std::ssize(min)};
  const ValueId x = AddFloats(Producer(0).name(), std::move(floats));
  const ValueId low = graph().AddConstant(base::Cat(name(), "/min"), ranges, min);
  const ValueId high = graph().AddConstant(base::Cat(name(), "/max"), ranges, max);
  return Add(op, {x, low, high});
}

Result<ValueId> NodeContext::Add(graph::Op op, std::vector<ValueId> inputs,
                                 std::string_view suffix) {
  const size_t first = graph().nodes.size();
  const ValueId id = graph().AddNode(std::move(op), std::move(inputs), base::Cat(name(), suffix));
  GOLDCREST_RETURN_IF_ERROR(graph::InferShapesFrom(graph(), first));
  import_->node_of[id] = first;
  return id;
}

}  // namespace goldcrest::formats::tensorflow
