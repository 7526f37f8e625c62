// Activations: by their functions' names over the years, and the layers that are one.
#include <algorithm>
#include <array>

#include "formats/keras/functions.h"
#include "formats/keras/layer_context.h"

namespace goldcrest::formats::keras {
namespace {

using graph::ValueId;
using nlohmann::json;

Added AddRelu(const Context& c, ValueId x) {
  return c.Add(graph::Activate{graph::Activation::kRelu}, {x});
}

Added AddRelu6(const Context& c, ValueId x) {
  return c.Add(graph::Activate{graph::Activation::kRelu6}, {x});
}

Added AddLinear(const Context& c, ValueId x) {
  return c.Add(graph::Activate{graph::Activation::kNone}, {x});
}

template <class Op>
Added AddOperator(const Context& c, ValueId x) {
  return c.Add(Op{}, {x});
}

// x · sigmoid(x).
Added AddSilu(const Context& c, ValueId x) {
  return c.Add(graph::Mul{}, {x, c.Add(graph::Logistic{}, {x}, "/sigmoid")});
}

// relu6(x + 3) / 6 since Keras 3; before it x / 5 + 1 / 2 between 0 and 1, which is
// relu6(1.2 · x + 3) / 6.
Added AddHardSigmoid(const Context& c, ValueId x) {
  if (c.model.keras_version < 3) {
    x = c.Add(graph::Mul{}, {x, c.Number("slope", 1.2)}, "/sloped");
  }
  ValueId gate = c.Add(graph::Add{graph::Activation::kRelu6}, {x, c.Number("three", 3)}, "/gate");
  return c.Add(graph::Mul{}, {gate, c.Number("sixth", 1.0 / 6)});
}

struct Function {
  std::string_view name;
  Added (*add)(const Context& c, ValueId x);
};

constexpr std::array kFunctions = {
    Function{"hard_sigmoid", AddHardSigmoid},
    Function{"hard_silu", AddOperator<graph::HardSwish>},
    Function{"hard_swish", AddOperator<graph::HardSwish>},
    Function{"leaky_relu",
             [](const Context& c, ValueId x) -> Added {
               return c.Add(graph::LeakyRelu{0.2}, {x});  // the function's own default
             }},
    Function{"linear", AddLinear},
    Function{"relu", AddRelu},
    Function{"relu6", AddRelu6},
    Function{"sigmoid", AddOperator<graph::Logistic>},
    Function{"silu", AddSilu},
    Function{"softmax", AddOperator<graph::Softmax>},
    Function{"swish", AddSilu},
    Function{"tanh", AddOperator<graph::Tanh>},
};

// The name of the function that `said` is: text, or an object that Keras 3 writes for registered
// ones; absent where it is something else.
std::optional<std::string> NameOfFunction(const json* said) {
  if (said == nullptr) return "linear";
  if (said->is_string()) return said->get<std::string>();
  const json* config = Find(*said, "config");
  if (config != nullptr && config->is_string()) return config->get<std::string>();
  return std::nullopt;
}

}  // namespace

bool IsActivation(std::string_view name) {
  return std::ranges::find(kFunctions, name, &Function::name) != kFunctions.end();
}

Added ApplyActivationNamed(const Context& c, std::string_view name, ValueId x) {
  const auto* function = std::ranges::find(kFunctions, name, &Function::name);
  if (function != kFunctions.end()) return function->add(c, x);
  std::string names;
  for (const Function& known : kFunctions) {
    names += base::Cat(names.empty() ? "" : ", ", known.name);
  }
  return Unsupported("the activation '", name, "' is not supported; supported are ", names);
}

Added ApplyActivation(const Context& c, const json* said, ValueId x) {
  if (std::optional<std::string> name = NameOfFunction(said)) {
    return ApplyActivationNamed(c, *name, x);
  }
  // A layer given as an activation, such as ReLU(6).
  const json* config = Find(*said, "config");
  GOLDCREST_TRY(std::string class_name, Text(*said, "class_name", std::nullopt));
  if (config == nullptr || !config->is_object()) {
    return Fail(ErrorCode::kInvalid, "its activation ", class_name, " has no config");
  }
  if (class_name != "ReLU" && class_name != "LeakyReLU" && class_name != "Softmax") {
    return Unsupported("a layer of class ", class_name, " as an activation is not supported");
  }
  const Layer layer{c.layer.name, class_name, *config, c.layer.path, {x}};
  return AddLayer(layer, c.model);
}

std::optional<graph::Activation> FusibleActivation(const json* said) {
  std::optional<std::string> name = NameOfFunction(said);
  if (name == "linear") return graph::Activation::kNone;
  if (name == "relu") return graph::Activation::kRelu;
  if (name == "relu6") return graph::Activation::kRelu6;
  return std::nullopt;
}

Added AddActivation(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  return ApplyActivation(c, Find(c.config(), "activation"), c.input());
}

Added AddReLU(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(double slope, Number(c.config(), "negative_slope", 0));
  GOLDCREST_TRY(double threshold, Number(c.config(), "threshold", 0));
  bool limited = Find(c.config(), "max_value") != nullptr;
  GOLDCREST_TRY(double limit, Number(c.config(), "max_value", 0));
  if (threshold == 0 && slope != 0 && !limited) return c.Add(graph::LeakyRelu{slope}, {c.input()});
  if (slope != 0 || threshold != 0 || (limited && limit != 6)) {
    return Unsupported("its max_value is ", limit, ", its negative_slope ", slope,
                       ", its threshold ", threshold,
                       "; ReLU, ReLU6 and a negative_slope alone are supported");
  }
  return limited ? AddRelu6(c, c.input()) : AddRelu(c, c.input());
}

Added AddLeakyReLU(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  const char* key = Find(c.config(), "negative_slope") != nullptr ? "negative_slope" : "alpha";
  GOLDCREST_TRY(double slope, Number(c.config(), key, 0.3));
  return c.Add(graph::LeakyRelu{slope}, {c.input()});
}

Added AddSoftmax(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(int64_t axis, Integer(c.config(), "axis", -1));
  if (axis != -1 && axis != static_cast<int64_t>(c.shape().size()) - 1) {
    return Unsupported("its axis is ", axis, "; the last is supported");
  }
  return c.Add(graph::Softmax{}, {c.input()});
}

}  // namespace goldcrest::formats::keras
