#include "formats/onnx/layer.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::DType;
using tensor::Quantization;

// Weights of 8 bits that go with activations of type `x`: uint8 with uint8, else int8.
Result<Array> FittingWeights(NodeContext& c, const Array& turned, DType x) {
  return x == DType::kUInt8 ? Result<Array>(turned) : Signed(turned, c.budget());
}

bool IsIntegerLayer(const Array& filter, size_t channels_axis, const graph::Value& x) {
  const Quantization& q = filter.quantization;
  const bool bytes = filter.dtype == DType::kInt8 || filter.dtype == DType::kUInt8;
  const bool by_channel = !q.per_channel() || static_cast<size_t>(q.axis) == channels_axis;
  const bool one_zero =
      std::ranges::all_of(q.zero_point, [&](int64_t zero) { return zero == q.zero_point.front(); });
  const bool goes = x.dtype == DType::kUInt8 ? filter.dtype == DType::kUInt8
                                             : x.dtype == DType::kInt8 || x.dtype == DType::kInt16;
  return bytes && !q.empty() && by_channel && one_zero && goes;
}

// How a bias stands for reals: by the product of the scales of x and the weights.
Quantization BiasForm(const Quantization& x, const Quantization& weights) {
  Quantization form;
  for (float scale : weights.scale) form.scale.push_back(x.scale[0] * scale);
  form.zero_point.assign(form.scale.size(), 0);
  return form;
}

bool SameScales(const std::vector<float>& a, const std::vector<float>& b) {
  constexpr float kRounding = 1e-6F;  // of a product
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](float x, float y) {
           return std::abs(x - y) <= kRounding * std::abs(y);
         });
}

Result<Array> IntegerBias(NodeContext& c, const Array& bias, const Quantization& form) {
  const bool has_form =
      bias.dtype == DType::kInt32 && SameScales(bias.quantization.scale, form.scale) &&
      std::ranges::all_of(bias.quantization.zero_point, [](int64_t zero) { return zero == 0; });
  if (has_form) {
    Array same = bias;
    same.quantization = form;
    return same;
  }
  GOLDCREST_TRY(const Array reals, Reals(bias, c.budget()));
  return Quantized(reals, DType::kInt32, form, c.budget());
}

std::string Scales(const Quantization& q) {
  std::string text;
  for (float scale : q.scale) text += base::Cat(" ", scale);
  return text;
}

Result<ValueId> AddIntegerLayer(NodeContext& c, graph::Op op, ValueId x,
                                const LayerWeights& weights, const IntegerForm& wanted) {
  const DType dtype = c.graph().value(x).dtype;
  const Quantization x_form = c.graph().value(x).quantization;
  const Quantization& filter_form = weights.filter.quantization;
  GOLDCREST_TRY(const ValueId filter,
                c.KeptConstant(weights.filter,
                               base::Cat(weights.how, " integers ", tensor::NameOf(dtype),
                                         Scales(filter_form)),
                               [&]() -> Result<Array> {
                                 GOLDCREST_TRY(const Array turned, weights.turned());
                                 return FittingWeights(c, turned, dtype);
                               }));
  std::vector<ValueId> inputs = {x, filter};
  if (weights.bias) {
    const Quantization form = BiasForm(x_form, filter_form);
    GOLDCREST_TRY(const ValueId bias,
                  c.KeptConstant(*weights.bias, base::Cat("bias", Scales(form)),
                                 [&] { return IntegerBias(c, *weights.bias, form); }));
    inputs.push_back(bias);
  }
  return c.AppendInteger(std::move(op), std::move(inputs), wanted);
}

}  // namespace

Result<ValueId> AddLayer(NodeContext& c, graph::Op op, ValueId x, const LayerWeights& weights) {
  if (c.IsInteger(x) && weights.filter.dtype != DType::kFloat32) {
    GOLDCREST_TRY(const Array turned, weights.turned());
    const std::optional<IntegerForm> wanted = c.Wanted();
    if (wanted && wanted->dtype == c.graph().value(x).dtype &&
        IsIntegerLayer(turned, weights.channels_axis, c.graph().value(x))) {
      return AddIntegerLayer(c, std::move(op), x, weights, *wanted);
    }
  }
  GOLDCREST_TRY(const ValueId real, c.Real(x));
  GOLDCREST_TRY(
      const ValueId filter,
      c.KeptConstant(weights.filter, base::Cat(weights.how, Scales(weights.filter.quantization)),
                     [&]() -> Result<Array> {
                       GOLDCREST_TRY(const Array turned, weights.turned());
                       return Reals(turned, c.budget());
                     }));
  std::vector<ValueId> inputs = {real, filter};
  if (weights.bias) {
    GOLDCREST_TRY(const Array bias, Reals(*weights.bias, c.budget()));
    GOLDCREST_TRY(const ValueId id, c.Constant(bias, Straight(1)));
    inputs.push_back(id);
  }
  return c.Append(std::move(op), std::move(inputs));
}

}  // namespace goldcrest::formats::onnx
