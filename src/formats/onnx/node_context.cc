#include "formats/onnx/node_context.h"

#include <algorithm>

#include "graph/infer.h"

namespace goldcrest::formats::onnx {

using graph::ValueId;
using tensor::Shape;

Result<const Operand*> Import::Named(std::string_view name) {
  auto found = known.find(name);
  if (found != known.end()) return &found->second;
  auto initializer = initializers.find(name);
  if (initializer == initializers.end()) {
    return Invalid("reads '", name,
                   "', which nothing before it makes: the graph goes round in a circle, is out of "
                   "order, or lacks a part");
  }
  GOLDCREST_TRY(auto decoded, Within(base::Cat("'", name, "'"),
                                     DecodeTensor(*initializer->second, files, budget)));
  if (auto* array = std::get_if<Array>(&decoded)) {
    array->name = name;
    return &known.emplace(name, std::move(*array)).first->second;
  }
  return &known.emplace(name, std::get<Integers>(std::move(decoded))).first->second;
}

Status NodeContext::ExpectInputs(int least, int most) const {
  const int count = node_->input_size();
  if (count < least || count > most) {
    return Invalid("has ", count, " inputs, ", least, " expected");
  }
  for (int i = 0; i < least; ++i) {
    if (!Has(i)) return Invalid("lacks input ", i);
  }
  return {};
}

Result<const Operand*> NodeContext::Input(int i) {
  if (!Has(i)) return Invalid("has no input ", i);
  return import_->Named(node_->input(i));
}

bool NodeContext::IsIntegers(int i) {
  if (Holds<Integers>(i)) return true;
  if (!Holds<Array>(i)) return false;
  const Array& array = std::get<Array>(**Input(i));
  return array.dtype == tensor::DType::kInt32 && array.quantization.empty();
}

Result<Placed> NodeContext::Value(int i) {
  GOLDCREST_TRY(const Operand* input, Input(i));
  if (const auto* placed = std::get_if<Placed>(input)) {
    if (!IsInteger(placed->id) || placed->real) return *placed;
    return Fail(ErrorCode::kUnsupported, "computes with the integers of '", node_->input(i),
                "'; they are read through DequantizeLinear");
  }
  const auto* array = std::get_if<Array>(input);
  if (array == nullptr || IsIntegers(i)) {
    return Fail(ErrorCode::kUnsupported, "computes with the integers of '", node_->input(i),
                "'; only shapes are integers here");
  }
  const Order order = Straight(array->shape.size());
  GOLDCREST_TRY(const Array fitting, AsActivation(*array));
  GOLDCREST_TRY(const ValueId id, Constant(fitting, order));
  return In(order, id);
}

Result<Array> NodeContext::ArrayOf(int i) {
  GOLDCREST_TRY(const Operand* input, Input(i));
  if (const auto* array = std::get_if<Array>(input)) return *array;
  return Fail(ErrorCode::kUnsupported, "input ", i, ", '", node_->input(i),
              "', is no constant of float32 or of integers that stand for such");
}

Result<Array> NodeContext::RealsOf(int i) {
  GOLDCREST_TRY(const Array array, ArrayOf(i));
  return Reals(array, budget());
}

Result<Array> NodeContext::RealVectorOf(int i, size_t count) {
  GOLDCREST_TRY(Array array, RealsOf(i));
  if (array.As<float>().size() != count) {
    return Invalid("input ", i, " has the shape ", tensor::ToString(array.shape), ", ", count,
                   " elements expected");
  }
  return WithShape(array, {static_cast<int64_t>(count)});
}

Result<float> NodeContext::NumberOf(int i) {
  GOLDCREST_TRY(const Array array, RealVectorOf(i, 1));
  return array.As<float>()[0];
}

Result<Integers> NodeContext::IntegersOf(int i) {
  GOLDCREST_TRY(const Operand* input, Input(i));
  if (const auto* integers = std::get_if<Integers>(input)) return *integers;
  if (const auto* array = std::get_if<Array>(input)) return AsIntegers(*array);
  return Fail(ErrorCode::kUnsupported, "input ", i, ", '", node_->input(i),
              "', is computed from the model's data; only constants and shapes are read there");
}

Result<std::vector<int64_t>> NodeContext::NumbersOf(int i) {
  GOLDCREST_TRY(Integers integers, IntegersOf(i));
  if (integers.shape.size() > 1) {
    return Invalid("input ", i, " has the shape ", tensor::ToString(integers.shape));
  }
  if (std::ranges::any_of(integers.elements, reading::IsUnknown)) {
    return Fail(ErrorCode::kUnsupported, "input ", i, ", '", node_->input(i),
                "', depends on a size that the graph leaves open; state it with --input-shapes");
  }
  return std::move(integers.elements);
}

Result<Shape> NodeContext::ShapeOf(int i) {
  GOLDCREST_TRY(const Operand* input, Input(i));
  return std::visit([](const auto& operand) { return operand.shape; }, *input);
}

Result<ValueId> NodeContext::Arranged(const Placed& placed, const Order& order) {
  const Shape& lies = ShapeOfValue(placed.id);
  const Shape base = InFileOrder(lies, placed.order);
  const auto moving = Regrouped(base, placed.order, placed.shape);
  if (!moving) {
    const Order straight = Straight(base.size());
    GOLDCREST_TRY(const ValueId id, Transposed(placed.id, placed.order, straight));
    return Arranged({id, straight, placed.shape, placed.real}, order);
  }
  if (*moving != Moving(order, placed.shape)) {
    const Order settled = Completed(*moving, placed.shape);
    GOLDCREST_TRY(const ValueId id, Arranged(placed, settled));
    return Transposed(id, settled, order);
  }
  Shape target = InOrder(placed.shape, order);
  if (target == lies) return placed.id;
  if (std::ranges::count(target, -1) > 1) {
    return Fail(ErrorCode::kUnsupported, "makes the shape ", tensor::ToString(placed.shape),
                "; state the sizes that the graph leaves open with --input-shapes");
  }
  return Move(graph::Reshape{std::move(target)}, placed.id, "/shape");
}

Result<ValueId> NodeContext::Transposed(ValueId id, const Order& from, const Order& to) {
  graph::Transpose op;
  for (size_t axis : to) op.permutation.push_back(std::ranges::find(from, axis) - from.begin());
  return Move(std::move(op), id, "/transposed");
}

Result<Placed> NodeContext::Settled(const Placed& placed) {
  const Shape base = InFileOrder(ShapeOfValue(placed.id), placed.order);
  if (base == placed.shape) return placed;
  const auto moving = Regrouped(base, placed.order, placed.shape);
  const Order order = moving ? Completed(*moving, placed.shape) : Straight(placed.shape.size());
  GOLDCREST_TRY(const ValueId id, Arranged(placed, order));
  return In(order, id);
}

Result<Array> NodeContext::AsActivation(const Array& array) {
  const bool one_scale = array.quantization.scale.size() == 1;
  if (!one_scale || array.dtype == tensor::DType::kInt32) return Reals(array, budget());
  return import_->signed_activations ? Signed(array, budget()) : Result<Array>(array);
}

Result<ValueId> NodeContext::KeptConstant(const Array& of, const std::string& how,
                                          const std::function<Result<Array>()>& make) {
  const std::pair<const std::byte*, std::string> key(of.bytes.bytes().data(), how);
  auto kept = import_->constants.find(key);
  if (kept != import_->constants.end()) return kept->second;
  GOLDCREST_TRY(Array made, make());
  const ValueId id = graph().AddValue({.name = of.name,
                                       .dtype = made.dtype,
                                       .shape = std::move(made.shape),
                                       .quantization = std::move(made.quantization),
                                       .constant = std::move(made.bytes)});
  import_->constants[key] = id;
  return id;
}

Result<ValueId> NodeContext::Constant(const Array& array, const Order& order) {
  // Scales are a part of what it is.
  std::string how = base::Cat(tensor::ToString(array.shape), " ", tensor::NameOf(array.dtype));
  for (size_t axis : order) how += base::Cat(" ", axis);
  for (float scale : array.quantization.scale) how += base::Cat(" ", scale);
  return KeptConstant(array, how, [&] { return Permuted(array, order, budget()); });
}

ValueId NodeContext::AddNumber(std::string_view suffix, float number) {
  return graph().AddConstant(base::Cat(name(), suffix), {1}, {&number, 1});
}

Placed NodeContext::In(const Order& order, ValueId id) const {
  return {id, order, InFileOrder(ShapeOfValue(id), order), IsInteger(id)};
}

Placed NodeContext::Like(const Placed& like, ValueId id) const {
  return {id, like.order, like.shape, IsInteger(id)};
}

Result<ValueId> NodeContext::Append(graph::Op op, std::vector<ValueId> inputs,
                                    std::string_view suffix) {
  const size_t first = graph().nodes.size();
  const ValueId id = graph().AddNode(std::move(op), std::move(inputs), base::Cat(name(), suffix));
  GOLDCREST_RETURN_IF_ERROR(graph::InferShapesFrom(graph(), first));
  import_->node_of[id] = first;
  return id;
}

Result<ValueId> NodeContext::Move(graph::Op op, ValueId x, std::string_view suffix) {
  const IntegerForm form{graph().value(x).dtype, graph().value(x).quantization};
  return AppendInteger(std::move(op), {x}, form, suffix);
}

bool IsNeverNegative(const Import& import, ValueId id) {
  constexpr int kFarthest = 8;  // operators that keep it so
  for (int i = 0; i < kFarthest; ++i) {
    auto made = import.node_of.find(id);
    if (made == import.node_of.end()) return false;
    const graph::Node& node = import.graph.nodes[made->second];
    if (const auto* activate = std::get_if<graph::Activate>(&node.op)) {
      return activate->activation != graph::Activation::kNone;
    }
    if (std::holds_alternative<graph::Logistic>(node.op)) return true;
    const bool keeps = std::holds_alternative<graph::MaxPool2D>(node.op) ||
                       std::holds_alternative<graph::AveragePool2D>(node.op) ||
                       std::holds_alternative<graph::Reshape>(node.op) ||
                       std::holds_alternative<graph::Pad>(node.op) ||
                       std::holds_alternative<graph::Quantize>(node.op) ||
                       std::holds_alternative<graph::Dequantize>(node.op);
    if (!keeps) return false;
    id = node.inputs[0];
  }
  return false;
}

}  // namespace goldcrest::formats::onnx
