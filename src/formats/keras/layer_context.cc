#include "formats/keras/layer_context.h"

#include "formats/keras/weight_layout.h"

namespace goldcrest::formats::keras {

Status ExpectInputs(const Context& c, size_t count) {
  if (c.layer.inputs.size() != count) {
    return Fail(ErrorCode::kInvalid, "has ", c.layer.inputs.size(), " inputs, ", count,
                " expected");
  }
  return {};
}

Status ExpectChannelsLast(const Context& c) {
  GOLDCREST_TRY(std::string format, Text(c.config(), "data_format", "channels_last"));
  if (format == "channels_last") return {};
  return Unsupported("its data_format is ", format, "; channels_last is supported");
}

Result<graph::PaddingKind> ReadPadding(const Context& c) {
  GOLDCREST_TRY(std::string padding, Text(c.config(), "padding", std::nullopt));
  if (padding == "same") return graph::PaddingKind::kSame;
  if (padding == "valid") return graph::PaddingKind::kValid;
  return Unsupported("its padding is ", padding);
}

Result<tensor::Tensor> Weight(Context& c, std::initializer_list<std::string_view> names,
                              size_t rank) {
  GOLDCREST_TRY(tensor::Tensor weight, c.model.weights.Get(c.layer.path, names, c.weights_taken++));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank(*names.begin(), weight, rank));
  return weight;
}

}  // namespace goldcrest::formats::keras
