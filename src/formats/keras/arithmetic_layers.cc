// Sums and products: as layers, as Keras 3's operations (class Add, module keras.src.ops.numpy), as
// Keras 2's functions of TensorFlow (class TFOpLambda) and as nodes of its graphs (class
// TensorFlowOpLayer). Operands are tensors, or constants where the call names numbers.
#include <algorithm>
#include <array>
#include <cctype>

#include "formats/keras/functions.h"
#include "formats/keras/layer_context.h"
#include "formats/keras/snake_case.h"

namespace goldcrest::formats::keras {
namespace {

using graph::ValueId;
using nlohmann::json;

const graph::Value& ValueOf(const Context& c, ValueId id) { return c.model.graph.value(id); }

// A new constant, `change` applied to each element of `id`.
template <class Change>
ValueId Changed(const Context& c, ValueId id, const Change& change) {
  const graph::Value value = ValueOf(c, id);
  std::vector<float> elements;
  for (float element : value.constant->As<float>()) {
    elements.push_back(static_cast<float>(change(static_cast<double>(element))));
  }
  return c.model.graph.AddConstant(value.name, value.shape, elements);
}

// The operator takes the operand that is broadcast last.
template <class Op>
ValueId Combine(const Context& c, ValueId a, ValueId b, std::string_view suffix) {
  auto size = [&](ValueId id) {
    int64_t count = 1;
    for (int64_t d : ValueOf(c, id).shape) count *= std::clamp<int64_t>(d, 1, 1 << 16);
    return std::pair(ValueOf(c, id).shape.size(), count);
  };
  if (size(a) < size(b)) std::swap(a, b);
  return c.Add(Op{}, {a, b}, suffix);
}

// Two operands, one a tensor at least.
Status ExpectTwo(const Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 2));
  if (ValueOf(c, c.input(0)).constant && ValueOf(c, c.input(1)).constant) {
    return Fail(ErrorCode::kInvalid, "reads no layer");
  }
  return {};
}

// All inputs combined from the left.
template <class Op>
Added CombineAll(const Context& c) {
  const size_t count = c.layer.inputs.size();
  if (count == 2) GOLDCREST_RETURN_IF_ERROR(ExpectTwo(c));
  if (count < 2) return Fail(ErrorCode::kInvalid, "has ", count, " inputs, 2 at least expected");
  ValueId combined = c.input(0);
  for (size_t i = 1; i < count; ++i) {
    const bool last = i + 1 == count;
    combined = Combine<Op>(c, combined, c.input(i), last ? "" : base::Cat("/", i));
    // The order of the next two operands goes by shape.
    if (!last) c.model.graph.value(combined).shape = c.shape(0);
  }
  return combined;
}

struct Arithmetic {
  std::string_view name;
  Added (*add)(Context& c);
};

constexpr std::array kArithmetic = {
    Arithmetic{"add", AddAdd},           Arithmetic{"addv2", AddAdd},
    Arithmetic{"subtract", AddSubtract}, Arithmetic{"sub", AddSubtract},
    Arithmetic{"multiply", AddMultiply}, Arithmetic{"mul", AddMultiply},
    Arithmetic{"divide", AddDivide},     Arithmetic{"truediv", AddDivide},
    Arithmetic{"realdiv", AddDivide},    Arithmetic{"true_divide", AddDivide},
};

Added AddNamed(Context& c, const std::string& name) {
  const auto* known = std::ranges::find(kArithmetic, name, &Arithmetic::name);
  if (known != kArithmetic.end()) return known->add(c);
  if (IsActivation(name)) {
    GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
    return ApplyActivationNamed(c, name, c.input());
  }
  std::string names;
  for (const Arithmetic& row : kArithmetic) names += base::Cat(row.name, ", ");
  return Unsupported("the function '", name, "' is not supported; supported are ", names,
                     "and the activations");
}

}  // namespace

Added AddAdd(Context& c) { return CombineAll<graph::Add>(c); }
Added AddMultiply(Context& c) { return CombineAll<graph::Mul>(c); }

Added AddSubtract(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectTwo(c));
  ValueId b = c.input(1);
  if (ValueOf(c, b).constant) {
    b = Changed(c, b, [](double x) { return -x; });
  } else {
    const tensor::Shape shape = ValueOf(c, b).shape;
    b = c.Add(graph::Mul{}, {b, c.Number("minus_one", -1)}, "/negated");
    c.model.graph.value(b).shape = shape;
  }
  return Combine<graph::Add>(c, c.input(0), b, "");
}

Added AddDivide(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectTwo(c));
  if (!ValueOf(c, c.input(1)).constant) {
    return Unsupported("divides by a tensor; division by a number is supported");
  }
  ValueId inverse = Changed(c, c.input(1), [](double x) { return 1 / x; });
  return Combine<graph::Mul>(c, c.input(0), inverse, "");
}

Added AddFunction(Context& c) { return AddNamed(c, SnakeCase(c.layer.class_name)); }

// {"function": "math.multiply"}, "nn.relu6", "__operators__.add".
Added AddTensorFlowFunction(Context& c) {
  GOLDCREST_TRY(std::string function, Text(c.config(), "function", std::nullopt));
  return AddNamed(c, function.substr(function.rfind('.') + 1));
}

// {"node_def": {"op": "AddV2", …}, "constants": {"1": 3.0}}: which operands are constants.
Added AddTensorFlowNode(Context& c) {
  const json* said = Find(c.config(), "node_def");
  json parsed;
  if (said != nullptr && said->is_string()) {
    parsed = json::parse(said->get_ref<const std::string&>(), nullptr, /*allow_exceptions=*/false);
    said = &parsed;
  }
  if (said == nullptr) return Fail(ErrorCode::kInvalid, "its 'node_def' is missing");
  GOLDCREST_TRY(std::string op, Text(*said, "op", std::nullopt));
  Layer layer = c.layer;
  if (const json* constants = Find(c.config(), "constants")) {
    for (const auto& [place, number] : constants->items()) {
      int64_t at = 0;
      bool fits = base::ParseInt(place, at) && number.is_number() && at >= 0 &&
                  at <= static_cast<int64_t>(layer.inputs.size());
      if (!fits) return Unsupported("its constant ", place, " is no plain number");
      layer.inputs.insert(layer.inputs.begin() + at,
                          c.Number(base::Cat("constant_", place), number.get<double>()));
    }
  }
  std::ranges::transform(op, op.begin(), [](unsigned char x) { return std::tolower(x); });
  Context inner{layer, c.model};
  return AddNamed(inner, op);
}

}  // namespace goldcrest::formats::keras
