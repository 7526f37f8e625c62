// QuantizeLinear and DequantizeLinear. Between them integers stand for reals, as in a .tflite.
#include "formats/onnx/operators.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::DType;

// uint8 that a caller feeds, as the int8 that the layers compute with.
Result<ValueId> Lowered(NodeContext& c, ValueId id, const IntegerForm& form) {
  auto known = c.import().lowered.find(id);
  if (known != c.import().lowered.end()) return known->second;
  GOLDCREST_TRY(const ValueId made, c.Requantized(id, form, "/int8"));
  c.import().lowered[id] = made;
  return made;
}

}  // namespace

Made ImportQuantizeLinear(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 3));
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  if (std::holds_alternative<Array>(*input)) {
    GOLDCREST_TRY(const Array array, c.RealsOf(0));
    GOLDCREST_TRY(const IntegerForm form, c.import().FormOf(c.node(), array.shape.size(), false));
    GOLDCREST_TRY(Array made, Quantized(array, form.dtype, form.quantization, c.budget()));
    made.quantization = {};  // until DequantizeLinear says it again
    return made;
  }
  GOLDCREST_TRY(const Placed x, c.Value(0));
  GOLDCREST_TRY(const IntegerForm form, c.import().FormOf(c.node(), x.shape.size(), true));
  if (form.dtype == DType::kInt32) return Fail(ErrorCode::kUnsupported, "makes int32 of values");
  GOLDCREST_TRY(const ValueId id, c.Requantized(x.id, form, ""));
  Placed made = c.Like(x, id);
  made.real = false;
  return made;
}

Made ImportDequantizeLinear(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 3));
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  if (const auto* array = std::get_if<Array>(input)) {
    GOLDCREST_TRY(const IntegerForm form, c.import().FormOf(c.node(), array->shape.size(), false));
    if (array->dtype == DType::kFloat32) return Invalid("reads float32");
    const tensor::Quantization& q = form.quantization;
    const bool fits =
        !q.per_channel() || array->shape[static_cast<size_t>(q.axis)] == std::ssize(q.scale);
    if (!fits) {
      return Invalid("has ", q.scale.size(), " scales for a constant of shape ",
                     tensor::ToString(array->shape));
    }
    Array made = *array;
    made.quantization = q;
    return made;
  }
  if (!std::holds_alternative<Placed>(*input)) return Invalid("reads integers of 64 bits");
  Placed x = std::get<Placed>(*input);
  GOLDCREST_TRY(IntegerForm form, c.import().FormOf(c.node(), x.shape.size(), true));
  graph::Value& value = c.graph().value(x.id);
  if (!c.IsInteger(x.id) || x.real) return Invalid("reads float32");
  if (value.dtype == DType::kUInt8 && c.import().signed_activations) {
    tensor::Quantization own = form.quantization;
    for (int64_t& zero : own.zero_point) zero += 128;
    if (value.quantization.empty()) value.quantization = own;
    if (value.quantization != own) return Invalid("its integers stand for reals in two ways");
    form.dtype = DType::kInt8;
    GOLDCREST_TRY(x.id, Lowered(c, x.id, form));
  } else {
    if (value.quantization.empty()) value.quantization = form.quantization;
    if (value.quantization != form.quantization) {
      return Invalid("its integers stand for reals in two ways");
    }
  }
  x.real = true;
  return x;
}

}  // namespace goldcrest::formats::onnx
