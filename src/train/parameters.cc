#include "train/parameters.h"

#include <algorithm>

namespace goldcrest::train {

Result<Parameters> Parameters::Create(const graph::Graph& graph, const std::vector<bool>& learned) {
  const std::vector<int32_t> uses = graph::UseCounts(graph);
  Parameters parameters;
  parameters.by_value_.assign(graph.values.size(), -1);
  for (bool wanted : {true, false}) {
    for (size_t i = 0; i < graph.values.size(); ++i) {
      const graph::Value& value = graph.values[i];
      const bool used = value.constant && value.dtype == tensor::DType::kFloat32 && uses[i] > 0;
      if (!used || learned[i] != wanted) continue;
      const size_t count = value.constant->As<float>().size();
      parameters.by_value_[i] = static_cast<int32_t>(parameters.list_.size());
      parameters.list_.push_back({.value = static_cast<graph::ValueId>(i),
                                  .name = value.name,
                                  .first = parameters.total_,
                                  .count = count,
                                  .learned = wanted,
                                  .decays = value.shape.size() > 1});
      parameters.total_ += count;
    }
    if (wanted) parameters.learned_ = parameters.total_;
  }
  parameters.elements_ = base::AlignedBuffer(parameters.total_ * sizeof(float));
  parameters.gradients_ = base::AlignedBuffer(parameters.learned_ * sizeof(float));
  if (!parameters.elements_.ok() || !parameters.gradients_.ok()) {
    return Fail(ErrorCode::kLimit, "no memory for ", parameters.total_, " parameters");
  }
  for (const Parameter& parameter : parameters.list_) {
    std::ranges::copy(graph.value(parameter.value).constant->As<float>(),
                      parameters.elements().begin() + static_cast<ptrdiff_t>(parameter.first));
  }
  return parameters;
}

float* Parameters::Elements(graph::ValueId value) {
  const int32_t at = by_value_[static_cast<size_t>(value)];
  return at < 0 ? nullptr : Data(elements_) + list_[static_cast<size_t>(at)].first;
}

float* Parameters::Gradient(graph::ValueId value) {
  const int32_t at = by_value_[static_cast<size_t>(value)];
  const bool learned = at >= 0 && list_[static_cast<size_t>(at)].learned;
  return learned ? Data(gradients_) + list_[static_cast<size_t>(at)].first : nullptr;
}

void Parameters::CopyTo(graph::Graph& graph) const {
  const auto* elements = reinterpret_cast<const float*>(elements_.data());
  for (const Parameter& parameter : list_) {
    graph.value(parameter.value).constant =
        tensor::SharedBytes::Copy<float>(std::span(elements + parameter.first, parameter.count));
  }
}

}  // namespace goldcrest::train
