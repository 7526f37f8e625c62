// Which operators compute in integers: those between QuantizeLinear and DequantizeLinear.
#include <algorithm>
#include <array>
#include <cmath>

#include "formats/onnx/node_context.h"
#include "formats/onnx/tensor_types.h"
#include "graph/infer.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::DType;

// Operators between another and its QuantizeLinear that integers can go through as well.
constexpr std::array<std::string_view, 10> kBetween = {
    "Clip", "Dropout", "Flatten", "Identity",  "MaxPool",
    "Relu", "Reshape", "Squeeze", "Transpose", "Unsqueeze"};

Result<DType> IntegerType(Import& import, const proto::NodeProto& node) {
  DType dtype = DType::kUInt8;
  const Attributes attributes(node);
  GOLDCREST_TRY(const int64_t said, attributes.Integer("output_dtype", 0));
  if (node.input_size() > 2 && !node.input(2).empty()) {
    GOLDCREST_TRY(const Operand* zero, import.Named(node.input(2)));
    const auto* array = std::get_if<Array>(zero);
    if (array == nullptr) return Fail(ErrorCode::kUnsupported, "a zero point that is no constant");
    dtype = array->dtype;
  } else if (node.op_type() == "QuantizeLinear" && said != 0) {
    dtype = DTypeOfTensorType(static_cast<int32_t>(std::min<int64_t>(said, 1 << 10)))
                .value_or(DType::kFloat32);
  }
  const bool known = dtype == DType::kInt8 || dtype == DType::kUInt8 || dtype == DType::kInt16 ||
                     dtype == DType::kInt32;
  if (known) return dtype;
  return Fail(ErrorCode::kUnsupported, "integers of type ", tensor::NameOf(dtype),
              "; int8, uint8, int16 and, of biases, int32 are read");
}

std::vector<int64_t> ZeroPointsOf(const Array& array) {
  const auto widened = [&]<class T>(T) {
    const std::span<const T> elements = array.As<T>();
    return std::vector<int64_t>(elements.begin(), elements.end());
  };
  switch (array.dtype) {
    case DType::kInt8:
      return widened(int8_t{});
    case DType::kUInt8:
      return widened(uint8_t{});
    case DType::kInt16:
      return widened(int16_t{});
    default:
      return widened(int32_t{});
  }
}

tensor::Quantization FixedForm(const graph::Op& op, DType dtype) {
  const bool wide = dtype == DType::kInt16;
  const int64_t low = wide ? 0 : tensor::LimitsOf(dtype)->low;
  if (std::holds_alternative<graph::Tanh>(op)) {
    return {{wide ? 1.0F / 32768 : 1.0F / 128}, {wide ? 0 : low + 128}};
  }
  return {{wide ? 1.0F / 32768 : 1.0F / 256}, {low}};
}

}  // namespace

Result<IntegerForm> Import::FormOf(const proto::NodeProto& node, size_t rank, bool activation) {
  const Attributes attributes(node);
  GOLDCREST_RETURN_IF_ERROR(attributes.Expect("block_size", 0));
  if (node.input_size() < 2) return Invalid("has no scale");
  GOLDCREST_TRY(const Operand* said, Named(node.input(1)));
  const auto* scales = std::get_if<Array>(said);
  if (scales == nullptr || scales->dtype != DType::kFloat32 || scales->shape.size() > 1) {
    return Fail(ErrorCode::kUnsupported, "its scale '", node.input(1),
                "' is no constant number or vector of float32");
  }
  IntegerForm form;
  GOLDCREST_TRY(form.dtype, IntegerType(*this, node));
  const std::span<const float> elements = scales->As<float>();
  form.quantization.scale.assign(elements.begin(), elements.end());
  const size_t count = elements.size();
  for (float scale : elements) {
    if (!(scale > 0) || !std::isfinite(scale)) return Invalid("has a scale of ", scale);
  }
  form.quantization.zero_point.assign(count, 0);
  if (node.input_size() > 2 && !node.input(2).empty()) {
    GOLDCREST_TRY(const Operand* zero, Named(node.input(2)));
    form.quantization.zero_point = ZeroPointsOf(std::get<Array>(*zero));
  }
  if (count == 0 || form.quantization.zero_point.size() != count) {
    return Invalid("has ", count, " scales and ", form.quantization.zero_point.size(),
                   " zero points");
  }
  if (count > 1) {
    if (activation) {
      return Fail(ErrorCode::kUnsupported, "has ", count,
                  " scales; what is no constant is read with one");
    }
    GOLDCREST_TRY(int64_t axis, attributes.Integer("axis", 1));
    if (axis < 0) axis += static_cast<int64_t>(rank);
    if (axis < 0 || axis >= static_cast<int64_t>(rank)) {
      return Invalid("has scales for dimension ", axis, " of ", rank);
    }
    form.quantization.axis = static_cast<int>(axis);
  }
  if (activation && signed_activations && form.dtype == DType::kUInt8) {
    form.dtype = DType::kInt8;
    for (int64_t& zero : form.quantization.zero_point) zero -= 128;
  }
  return form;
}

bool NodeContext::IsInteger(ValueId id) const {
  return import_->graph.value(id).dtype != DType::kFloat32;
}

std::optional<IntegerForm> NodeContext::Wanted() {
  constexpr int kFarthest = 8;
  std::string_view made = name();
  for (int i = 0; i < kFarthest; ++i) {
    auto found = import_->readers.find(made);
    if (found == import_->readers.end() || import_->outputs.contains(made)) return std::nullopt;
    const std::vector<const proto::NodeProto*>& readers = found->second;
    std::optional<IntegerForm> wanted;
    for (const proto::NodeProto* reader : readers) {
      if (reader->op_type() != "QuantizeLinear" || reader->input(0) != made) break;
      auto form = import_->FormOf(*reader, 0, true);
      if (!form || (wanted && *wanted != *form)) return std::nullopt;
      wanted = std::move(*form);
      if (reader == readers.back()) return wanted;
    }
    const proto::NodeProto& next = *readers.front();
    const bool between = readers.size() == 1 && next.output_size() > 0 &&
                         std::ranges::find(kBetween, next.op_type()) != kBetween.end();
    if (!between || next.input(0) != made) return std::nullopt;
    made = next.output(0);
  }
  return std::nullopt;
}

Result<ValueId> NodeContext::Real(ValueId id) {
  if (!IsInteger(id)) return id;
  auto known = import_->reals.find(id);
  if (known != import_->reals.end()) return known->second;
  const graph::Value& value = graph().value(id);
  const size_t first = graph().nodes.size();
  const ValueId made = graph().AddNode(graph::Dequantize{}, {id}, base::Cat(value.name, "/reals"));
  GOLDCREST_RETURN_IF_ERROR(graph::InferShapesFrom(graph(), first));
  import_->node_of[made] = first;
  import_->reals[id] = made;
  return made;
}

Result<ValueId> NodeContext::AppendInteger(graph::Op op, std::vector<ValueId> inputs,
                                           IntegerForm form, std::string_view suffix) {
  GOLDCREST_TRY(const ValueId id, Append(std::move(op), std::move(inputs), suffix));
  graph().value(id).quantization = std::move(form.quantization);
  return id;
}

Result<ValueId> NodeContext::Requantized(ValueId id, const IntegerForm& form,
                                         std::string_view suffix) {
  const graph::Value& value = graph().value(id);
  if (value.dtype == form.dtype && value.quantization == form.quantization) return id;
  return AppendInteger(graph::Quantize{form.dtype}, {id}, form, suffix);
}

Result<ValueId> NodeContext::Compute(graph::Op op, std::vector<ValueId> inputs, ResultForm result) {
  const DType dtype = graph().value(inputs[0]).dtype;
  const bool integers = std::ranges::all_of(
      inputs, [&](ValueId id) { return IsInteger(id) && graph().value(id).dtype == dtype; });
  const std::optional<IntegerForm> wanted = integers ? Wanted() : std::nullopt;
  const IntegerForm own{dtype, graph().value(inputs[0]).quantization};
  if (result == ResultForm::kSame && integers) {
    const bool one_form = std::ranges::all_of(
        inputs, [&](ValueId id) { return graph().value(id).quantization == own.quantization; });
    if (one_form) return AppendInteger(std::move(op), std::move(inputs), own);
    if (wanted && wanted->dtype == dtype) {
      for (size_t i = 0; i < inputs.size(); ++i) {
        GOLDCREST_TRY(inputs[i], Requantized(inputs[i], *wanted, base::Cat("/part_", i)));
      }
      return AppendInteger(std::move(op), std::move(inputs), *wanted);
    }
  } else if (wanted && wanted->dtype == dtype) {
    const bool fixed = result == ResultForm::kFixed;
    IntegerForm form = fixed ? IntegerForm{dtype, FixedForm(op, dtype)} : *wanted;
    return AppendInteger(std::move(op), std::move(inputs), std::move(form));
  }
  for (ValueId& id : inputs) {
    GOLDCREST_TRY(id, Real(id));
  }
  return Append(std::move(op), std::move(inputs));
}

}  // namespace goldcrest::formats::onnx
