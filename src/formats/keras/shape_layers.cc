// Layers that move, pool or pass on elements.
#include <algorithm>

#include "formats/keras/layer_context.h"

namespace goldcrest::formats::keras {
namespace {

using graph::ValueId;
using nlohmann::json;
using tensor::Shape;

// Elements of the layer's input for one item of the batch.
Result<int64_t> FeatureCount(const Context& c) {
  std::optional<int64_t> features;
  if (!c.shape().empty()) features = tensor::ElementCount(std::span(c.shape()).subspan(1));
  if (!features) {
    return Unsupported("its input has the unknown shape ", tensor::ToString(c.shape()));
  }
  return *features;
}

template <class Op>
Added AddPooling2D(const Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  GOLDCREST_TRY(auto size, Pair(c.config(), "pool_size"));
  GOLDCREST_TRY(auto strides,
                Pair(c.config(), Find(c.config(), "strides") ? "strides" : "pool_size"));
  Op op;
  op.filter_h = size[0];
  op.filter_w = size[1];
  op.stride_h = strides[0];
  op.stride_w = strides[1];
  GOLDCREST_TRY(op.padding.kind, ReadPadding(c));
  return c.Add(op, c.layer.inputs);
}

}  // namespace

Added AddAveragePooling2D(Context& c) { return AddPooling2D<graph::AveragePool2D>(c); }
Added AddMaxPooling2D(Context& c) { return AddPooling2D<graph::MaxPool2D>(c); }

Added AddZeroPadding2D(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  // 1, [1, 1] or [[0, 1], [0, 1]]: both sides, by dimension, by side.
  std::vector<int64_t> counts;
  const json* said = Find(c.config(), "padding");
  bool by_side = said != nullptr && said->is_array() && said->size() == 2 && (*said)[0].is_array();
  if (by_side) {
    for (const json& dimension : *said) {
      GOLDCREST_TRY(auto sides, PairOf(dimension, "padding"));
      counts.insert(counts.end(), sides.begin(), sides.end());
    }
  } else {
    GOLDCREST_TRY(auto both, Pair(c.config(), "padding"));
    counts = {both[0], both[0], both[1], both[1]};
  }
  return c.Add(graph::Pad{{0, counts[0], counts[2], 0}, {0, counts[1], counts[3], 0}},
               c.layer.inputs);
}

Added AddGlobalAveragePooling2D(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  GOLDCREST_TRY(bool keep_dims, Bool(c.config(), "keepdims", false));
  return c.Add(graph::Mean{{1, 2}, keep_dims}, c.layer.inputs);
}

// A window as large as the picture.
Added AddGlobalMaxPooling2D(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  GOLDCREST_TRY(bool keep_dims, Bool(c.config(), "keepdims", false));
  const Shape& x = c.shape();
  if (x.size() != 4 || !tensor::IsKnown(std::span(x).subspan(1))) {
    return Unsupported("its input has the unknown shape ", tensor::ToString(x));
  }
  graph::MaxPool2D op;
  op.filter_h = x[1];
  op.filter_w = x[2];
  if (keep_dims) return c.Add(op, c.layer.inputs);
  return c.Add(graph::Reshape{{-1, x[3]}}, {c.Add(op, c.layer.inputs, "/largest")});
}

Added AddReshape(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(auto target, Integers(c.config(), "target_shape"));
  // The batch comes first and stays what it is; elements must not move into it.
  GOLDCREST_TRY(int64_t features, FeatureCount(c));
  auto open = std::ranges::find(target, -1);
  if (open != target.end()) {
    Shape known = target;
    std::erase(known, -1);
    int64_t rest = tensor::ElementCount(known).value_or(0);
    *open = rest > 0 && features % rest == 0 ? features / rest : -1;
  }
  if (tensor::ElementCount(target) != features) {
    return Fail(ErrorCode::kInvalid, "its target_shape does not hold the ", features,
                " elements of its input");
  }
  target.insert(target.begin(), -1);
  return c.Add(graph::Reshape{std::move(target)}, c.layer.inputs);
}

Added AddFlatten(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  GOLDCREST_TRY(int64_t features, FeatureCount(c));
  return c.Add(graph::Reshape{{-1, features}}, c.layer.inputs);
}

Added AddConcatenate(Context& c) {
  if (c.layer.inputs.empty()) return Fail(ErrorCode::kInvalid, "has no inputs");
  GOLDCREST_TRY(int64_t axis, Integer(c.config(), "axis", -1));
  if (axis < 0) axis += static_cast<int64_t>(c.shape().size());
  return c.Add(graph::Concatenation{axis}, c.layer.inputs);
}

Added AddDropout(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(double rate, Number(c.config(), "rate", 0));
  return c.Add(graph::Dropout{rate}, c.layer.inputs);
}

Added AddTrainingOnly(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  return c.Add(graph::TrainingOnly{c.layer.class_name}, c.layer.inputs);
}

}  // namespace goldcrest::formats::keras
