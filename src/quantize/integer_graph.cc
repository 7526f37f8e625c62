#include "quantize/integer_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "graph/infer.h"

namespace goldcrest::quantize {
namespace {

using graph::ValueId;
using tensor::DType;
using tensor::Quantization;

constexpr ValueId kNone = -1;

bool IsByte(DType dtype) { return dtype == DType::kInt8 || dtype == DType::kUInt8; }

template <class Integer>
tensor::SharedBytes Rounded(std::span<const float> elements, const Quantization& q) {
  std::vector<Integer> integers(elements.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    const size_t channel = q.per_channel() ? i : 0;
    const double steps = std::nearbyint(static_cast<double>(elements[i]) / q.scale[channel]) +
                         static_cast<double>(q.zero_point[channel]);
    constexpr auto kLowest = static_cast<double>(std::numeric_limits<Integer>::min());
    // One below where the type's largest is no double.
    constexpr double kHighest = sizeof(Integer) == sizeof(int64_t)
                                    ? 0x1p62
                                    : static_cast<double>(std::numeric_limits<Integer>::max());
    integers[i] = static_cast<Integer>(std::clamp(steps, kLowest, kHighest));
  }
  return tensor::SharedBytes::Copy<Integer>(integers);
}

tensor::SharedBytes Rounded(std::span<const float> elements, const Quantization& q, DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return Rounded<int8_t>(elements, q);
    case DType::kUInt8:
      return Rounded<uint8_t>(elements, q);
    case DType::kInt16:
      return Rounded<int16_t>(elements, q);
    case DType::kInt32:
      return Rounded<int32_t>(elements, q);
    default:
      return Rounded<int64_t>(elements, q);
  }
}

// A value of the old graph as the new graph has it, in each type that somebody wants.
struct Forms {
  ValueId real = kNone;
  std::map<DType, ValueId> integer;  // by the parameters that the part of that type has for it
};

class Builder {
 public:
  Builder(const graph::Graph& from, const Plan& plan, const EndTypes& ends)
      : from_(from),
        plan_(plan),
        homes_(plan.Homes(from)),
        ends_(ends),
        forms_(from.values.size()) {}

  Result<graph::Graph> Build() {
    to_.name = from_.name;
    to_.metadata = from_.metadata;
    to_.input_names = from_.input_names;
    to_.output_names = from_.output_names;
    for (ValueId id : from_.inputs) GOLDCREST_RETURN_IF_ERROR(AddInput(id));
    for (size_t i = 0; i < from_.nodes.size(); ++i) AddNode(i);
    for (ValueId id : from_.outputs) GOLDCREST_RETURN_IF_ERROR(AddOutput(id));
    GOLDCREST_RETURN_IF_ERROR(graph::InferShapes(to_));
    Describe();
    return std::move(to_);
  }

 private:
  // Null: no operator of integers reads or makes the value.
  const IntegerPart* HomeOf(ValueId id) const { return homes_[static_cast<size_t>(id)]; }
  Forms& FormsOf(ValueId id) { return forms_[static_cast<size_t>(id)]; }

  // The name of a value's form: the value's own for the form that it is made in (for inputs and
  // outputs: that the caller sees), and with the type behind it for any other.
  std::string NameOf(ValueId id, DType form) const {
    const std::string& name = from_.value(id).name;
    auto own = own_form_.find(id);
    return own == own_form_.end() || own->second == form
               ? name
               : base::Cat(name, "_", tensor::NameOf(form));
  }

  ValueId AddConverted(graph::Op op, ValueId input, std::string name, const Quantization& q) {
    const ValueId id = to_.AddNode(std::move(op), {input}, std::move(name));
    to_.value(id).quantization = q;
    return id;
  }

  // Integers of type `dtype` made of integers or floats.
  ValueId AddQuantize(ValueId input, DType dtype, std::string name, const Quantization& q) {
    const DType from = to_.value(input).dtype;
    // There are no kernels between int16 and uint8.
    const bool detour = (from == DType::kInt16 && dtype == DType::kUInt8) ||
                        (from == DType::kUInt8 && dtype == DType::kInt16);
    if (detour) {
      const Quantization bytes = dtype == DType::kUInt8
                                     ? Shifted(q, DType::kUInt8, DType::kInt8)
                                     : Shifted(to_.value(input).quantization, from, DType::kInt8);
      input = AddQuantize(input, DType::kInt8, base::Cat(name, "_between"), bytes);
    }
    const ValueId id = AddConverted(graph::Quantize{dtype}, input, std::move(name), q);
    to_.value(id).dtype = dtype;
    return id;
  }

  // A constant of the old graph as integers.
  ValueId AddConstant(ValueId id, const Quantization& q, DType dtype) {
    const graph::Value& value = from_.value(id);
    return to_.AddValue({.name = value.name,
                         .dtype = dtype,
                         .shape = value.shape,
                         .quantization = q,
                         .constant = Rounded(value.constant->As<float>(), q, dtype)});
  }

  ValueId Real(ValueId id) {
    Forms& forms = FormsOf(id);
    if (forms.real != kNone) return forms.real;
    if (from_.value(id).constant) {
      forms.real = to_.AddValue(from_.value(id));
    } else {
      forms.real = AddConverted(graph::Dequantize{}, forms.integer.begin()->second,
                                NameOf(id, DType::kFloat32), {});
    }
    return forms.real;
  }

  ValueId Integer(const IntegerPart& part, ValueId id) {
    Forms& forms = FormsOf(id);
    const DType dtype = part.dtype();
    if (auto found = forms.integer.find(dtype); found != forms.integer.end()) return found->second;
    const Quantization& q = part.ParametersOf(id);
    ValueId made = kNone;
    if (from_.value(id).constant) {
      made = AddConstant(id, q, dtype);
    } else {
      const ValueId source = forms.integer.empty() ? forms.real : forms.integer.begin()->second;
      made = AddQuantize(source, dtype, NameOf(id, dtype), q);
    }
    forms.integer[dtype] = made;
    return made;
  }

  // Of an input or output in the type `io`.
  Quantization EndParameters(const IntegerPart& part, ValueId id, DType io) const {
    const Quantization& own = part.ParametersOf(id);
    const DType dtype = part.dtype();
    if (io == dtype) return own;
    if (auto prescribed = PrescribedParameters(from_, id, io)) return *prescribed;
    if (IsByte(io) && IsByte(dtype)) return Shifted(own, dtype, io);
    const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
    const double scale = own.scale[0];
    const auto zero = static_cast<double>(own.zero_point[0]);
    return quantize::ParametersOf({(limits.low - zero) * scale, (limits.high - zero) * scale}, io);
  }

  Status AddInput(ValueId id) {
    const graph::Value& value = from_.value(id);
    const DType io = ends_.inputs;
    own_form_[id] = io;
    graph::Value input{.name = value.name, .dtype = io, .shape = value.shape};
    const IntegerPart* home = HomeOf(id);
    if (io == DType::kFloat32 || value.dtype != DType::kFloat32) {
      input.dtype = value.dtype;
    } else if (home != nullptr) {
      input.quantization = EndParameters(*home, id, io);
    } else {
      return Edge("the input", id, "reads it", io);
    }
    const ValueId added = to_.AddValue(input);
    to_.inputs.push_back(added);
    Forms& forms = FormsOf(id);
    if (input.dtype == DType::kFloat32 || value.dtype != DType::kFloat32) {
      forms.real = added;
    } else if (io == home->dtype()) {
      forms.integer[io] = added;
    } else {
      forms.integer[home->dtype()] =
          AddQuantize(added, home->dtype(), NameOf(id, home->dtype()), home->ParametersOf(id));
    }
    return {};
  }

  Status AddOutput(ValueId id) {
    Forms& forms = FormsOf(id);
    const DType io = ends_.outputs;
    const bool reals = io == DType::kFloat32 || from_.value(id).dtype != DType::kFloat32;
    if (reals) {
      to_.outputs.push_back(Real(id));
      return {};
    }
    if (forms.integer.empty()) return Edge("the output", id, "makes it", io);
    const IntegerPart& home = *HomeOf(id);
    const ValueId made = forms.integer.at(home.dtype());
    to_.outputs.push_back(io == home.dtype()
                              ? made
                              : AddQuantize(made, io, NameOf(id, io), EndParameters(home, id, io)));
    return {};
  }

  std::unexpected<Error> Edge(const char* which, ValueId id, const char* does, DType io) const {
    return Fail(ErrorCode::kUnsupported, which, " '", from_.value(id).name, "' cannot be ",
                tensor::NameOf(io), ", for the operator that ", does,
                " has no integer form and stays float; give --io float32");
  }

  void AddNode(size_t index) {
    const graph::Node& node = from_.nodes[index];
    const IntegerPart* part = plan_.PartOf(index);
    const bool is_output = std::ranges::find(from_.outputs, node.output) != from_.outputs.end();
    if (is_output) own_form_[node.output] = ends_.outputs;
    if (part != nullptr && std::holds_alternative<graph::FakeQuant>(node.op)) {
      return AddFakeQuant(*part, node);
    }
    std::vector<ValueId> inputs;
    if (IsShapeComputation(from_, node)) {
      for (ValueId id : node.inputs) {
        const Forms& forms = FormsOf(id);
        inputs.push_back(forms.integer.empty() ? Real(id) : forms.integer.begin()->second);
      }
    } else if (part == nullptr) {
      for (ValueId id : node.inputs) inputs.push_back(Real(id));
    } else {
      inputs = IntegerInputs(*part, index);
    }
    const DType form = part == nullptr ? DType::kFloat32 : part->dtype();
    const ValueId output = to_.AddNode(node.op, std::move(inputs), NameOf(node.output, form));
    to_.value(output).dtype = part == nullptr ? from_.value(node.output).dtype : form;
    if (part == nullptr) {
      FormsOf(node.output).real = output;
    } else {
      to_.value(output).quantization = part->ParametersOf(node.output);
      FormsOf(node.output).integer[form] = output;
    }
  }

  void AddFakeQuant(const IntegerPart& part, const graph::Node& node) {
    const ValueId x = Integer(part, node.inputs[0]);
    const Quantization& q = part.ParametersOf(node.output);
    const DType dtype = part.dtype();
    FormsOf(node.output).integer[dtype] =
        q == to_.value(x).quantization ? x : AddQuantize(x, dtype, NameOf(node.output, dtype), q);
  }

  std::vector<ValueId> IntegerInputs(const IntegerPart& part, size_t index) {
    const graph::Node& node = from_.nodes[index];
    if (plan_.layers[index]) return LayerInputs(part, index);
    // Operators that keep parameters read what has those of their result.
    const bool keeps = std::holds_alternative<graph::Concatenation>(node.op);
    std::vector<ValueId> inputs;
    for (ValueId id : node.inputs) {
      const bool reals = from_.value(id).dtype == DType::kFloat32;
      ValueId input = reals ? Integer(part, id) : Real(id);
      const Quantization& wanted = part.ParametersOf(node.output);
      if (reals && keeps && part.ParametersOf(id) != wanted) {
        input = AddQuantize(input, part.dtype(),
                            base::Cat(from_.NameOf(node), "/part_", inputs.size()), wanted);
      }
      inputs.push_back(input);
    }
    return inputs;
  }

  std::vector<ValueId> LayerInputs(const IntegerPart& part, size_t index) {
    const graph::Node& node = from_.nodes[index];
    const QuantizedLayer& layer = *plan_.layers[index];
    const graph::Value& weights = from_.value(node.inputs[1]);
    graph::Value integers{.name = weights.name,
                          .dtype = layer.dtype,
                          .shape = weights.shape,
                          .quantization = layer.quantization};
    const std::vector<uint8_t> bytes(layer.integers.begin(), layer.integers.end());
    integers.constant = tensor::SharedBytes::Copy<uint8_t>(bytes);
    const float input_scale = part.ParametersOf(node.inputs[0]).scale[0];
    Quantization steps{.zero_point = std::vector<int64_t>(layer.quantization.scale.size(), 0)};
    steps.scale = layer.bias_steps;
    if (steps.scale.empty()) {
      for (float scale : layer.quantization.scale) steps.scale.push_back(input_scale * scale);
    }
    const DType bias_type = part.dtype() == DType::kInt16 ? DType::kInt64 : DType::kInt32;
    const bool named = node.inputs.size() > 2;
    graph::Value bias{
        .name = named ? from_.value(node.inputs[2]).name : base::Cat(from_.NameOf(node), "/bias"),
        .dtype = bias_type,
        .shape = {static_cast<int64_t>(layer.bias.size())},
        .quantization = steps,
        .constant = Rounded(layer.bias, steps, bias_type)};
    return {Integer(part, node.inputs[0]), to_.AddValue(std::move(integers)),
            to_.AddValue(std::move(bias))};
  }

  // The input contract ends in the type of the input.
  void Describe() {
    if (!to_.metadata.input_contract || to_.inputs.empty()) return;
    tensor::InputContract& contract = *to_.metadata.input_contract;
    const graph::Value& input = to_.value(to_.inputs[0]);
    contract.dtype = input.dtype;
    if (input.quantization.empty()) return;
    contract.scale = input.quantization.scale[0];
    contract.zero_point = input.quantization.zero_point[0];
  }

  const graph::Graph& from_;
  const Plan& plan_;
  const std::vector<const IntegerPart*> homes_;  // by value of the old graph
  const EndTypes ends_;
  graph::Graph to_;
  std::vector<Forms> forms_;           // by value of the old graph
  std::map<ValueId, DType> own_form_;  // of inputs and outputs
};

}  // namespace

const IntegerPart* Plan::PartOf(size_t node) const {
  for (const IntegerPart& part : parts) {
    if (part.scheme.integer[node]) return &part;
  }
  return nullptr;
}

std::vector<const IntegerPart*> Plan::Homes(const graph::Graph& graph) const {
  std::vector<const IntegerPart*> homes(graph.values.size(), nullptr);
  for (size_t id = 0; id < homes.size(); ++id) {
    for (const IntegerPart& part : parts) {
      if (homes[id] == nullptr && part.Quantizes(static_cast<ValueId>(id))) homes[id] = &part;
    }
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (const IntegerPart* part = PartOf(i)) {
      homes[static_cast<size_t>(graph.nodes[i].output)] = part;
    }
  }
  return homes;
}

Result<graph::Graph> MakeIntegerGraph(const graph::Graph& graph, const Plan& plan,
                                      const EndTypes& ends) {
  return Builder(graph, plan, ends).Build();
}

}  // namespace goldcrest::quantize
