// Layers that scale and shift.
#include <algorithm>
#include <cmath>

#include "formats/keras/layer_context.h"

namespace goldcrest::formats::keras {
namespace {

using graph::ValueId;
using nlohmann::json;
using tensor::Tensor;

// The axis is a number, or (in Keras 2 files) a list of one.
Status ExpectLastAxis(const Context& c) {
  const json* said = Find(c.config(), "axis");
  if (said != nullptr && said->is_array() && said->size() == 1) said = &said->front();
  if (said != nullptr && !said->is_number_integer()) return Unsupported("normalizes several axes");
  int64_t axis = said != nullptr ? said->get<int64_t>() : -1;
  auto rank = static_cast<int64_t>(c.shape().size());
  if (axis == -1 || axis == rank - 1) return {};
  return Unsupported("normalizes axis ", axis, " of ", rank, "; the last is supported");
}

Result<Tensor> Filled(const tensor::Shape& shape, float number) {
  GOLDCREST_TRY(Tensor tensor, Tensor::Create(tensor::DType::kFloat32, shape));
  std::ranges::fill(tensor.mutable_view().As<float>(), number);
  return tensor;
}

// Numbers of the configuration, in lists of any depth.
Status Flatten(const json& said, int depth, std::vector<double>& numbers) {
  if (said.is_number()) {
    numbers.push_back(said.get<double>());
    return {};
  }
  if (!said.is_array() || depth > 8) {
    return Fail(ErrorCode::kInvalid, "its 'mean' or 'variance' is no list of numbers");
  }
  for (const json& part : said) GOLDCREST_RETURN_IF_ERROR(Flatten(part, depth + 1, numbers));
  return {};
}

// A statistic of a Normalization layer: in the configuration where the user gave it, else a weight.
Result<std::vector<double>> Statistic(Context& c, const char* name) {
  std::vector<double> numbers;
  if (const json* said = Find(c.config(), name)) {
    GOLDCREST_RETURN_IF_ERROR(Flatten(*said, 0, numbers));
    return numbers;
  }
  GOLDCREST_TRY(Tensor weight, c.model.weights.Get(c.layer.path, {name}, c.weights_taken++));
  std::span<const float> elements = weight.view().As<float>();
  numbers.assign(elements.begin(), elements.end());
  return numbers;
}

// x · scale + offset, both constants with one element or one a channel. A scale of 1 or an offset
// of 0 is left out.
Added ScaleAndShift(Context& c, const std::vector<float>& scale, const std::vector<float>& offset) {
  auto constant = [&](const char* name, const std::vector<float>& numbers) {
    return c.model.graph.AddConstant(base::Cat(c.layer.name, "/", name),
                                     {static_cast<int64_t>(numbers.size())}, numbers);
  };
  auto all = [](const std::vector<float>& numbers, float number) {
    return std::ranges::all_of(numbers, [&](float x) { return x == number; });
  };
  if (all(offset, 0)) return c.Add(graph::Mul{}, {c.input(), constant("scale", scale)});
  if (all(scale, 1)) return c.Add(graph::Add{}, {c.input(), constant("offset", offset)});
  ValueId scaled = c.Add(graph::Mul{}, {c.input(), constant("scale", scale)}, "/scaled");
  return c.Add(graph::Add{}, {scaled, constant("offset", offset)});
}

}  // namespace

Added AddBatchNormalization(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectLastAxis(c));
  graph::BatchNorm op;
  GOLDCREST_TRY(op.epsilon, Number(c.config(), "epsilon", 1e-3));
  GOLDCREST_TRY(op.momentum, Number(c.config(), "momentum", 0.99));
  GOLDCREST_TRY(bool scale, Bool(c.config(), "scale", true));
  GOLDCREST_TRY(bool center, Bool(c.config(), "center", true));
  // What is not learned is a constant, as long as the statistics.
  const tensor::Shape channels = {c.shape().empty() ? 0 : std::max<int64_t>(c.shape().back(), 0)};
  auto weight = [&](bool learned, std::string_view name, float otherwise) {
    return c.Constant(name, [&]() -> Result<Tensor> {
      if (!learned) return Filled(channels, otherwise);
      return Weight(c, {name}, 1);
    });
  };
  GOLDCREST_TRY(ValueId gamma, weight(scale, "gamma", 1));
  GOLDCREST_TRY(ValueId beta, weight(center, "beta", 0));
  GOLDCREST_TRY(ValueId mean, weight(true, "moving_mean", 0));
  GOLDCREST_TRY(ValueId variance, weight(true, "moving_variance", 1));
  return c.Add(op, {c.input(), gamma, beta, mean, variance});
}

Added AddRescaling(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  // Each a number, or a list of one a channel.
  auto read = [&](const char* key, double absent) -> Result<std::vector<float>> {
    const json* said = Find(c.config(), key);
    std::vector<double> numbers;
    if (said != nullptr) {
      GOLDCREST_RETURN_IF_ERROR(Flatten(*said, 0, numbers));
    } else {
      numbers = {absent};
    }
    return std::vector<float>(numbers.begin(), numbers.end());
  };
  GOLDCREST_TRY(std::vector<float> scale, read("scale", 1));
  GOLDCREST_TRY(std::vector<float> offset, read("offset", 0));
  return ScaleAndShift(c, scale, offset);
}

// (x − mean) / max(√variance, 1e-7), or with `invert` back.
Added AddNormalization(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectLastAxis(c));
  GOLDCREST_TRY(bool invert, Bool(c.config(), "invert", false));
  GOLDCREST_TRY(std::vector<double> mean, Statistic(c, "mean"));
  GOLDCREST_TRY(std::vector<double> variance, Statistic(c, "variance"));
  if (mean.size() != variance.size()) {
    return Fail(ErrorCode::kInvalid, "it has ", mean.size(), " means and ", variance.size(),
                " variances");
  }
  std::vector<float> scale;
  std::vector<float> offset;
  for (size_t i = 0; i < mean.size(); ++i) {
    const double deviation = std::max(std::sqrt(variance[i]), 1e-7);
    scale.push_back(static_cast<float>(invert ? deviation : 1 / deviation));
    offset.push_back(static_cast<float>(invert ? mean[i] : -mean[i] / deviation));
  }
  return ScaleAndShift(c, scale, offset);
}

}  // namespace goldcrest::formats::keras
