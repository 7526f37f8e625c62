#include "quantize/activation_ranges.h"

#include <algorithm>

#include "quantize/output_error.h"

namespace goldcrest::quantize {
namespace {

// By group of the scheme, each value's range being chosen by the same method. `fits_input`: that of
// the model's input is chosen for pictures.
std::vector<tensor::Quantization> ParametersBy(RangeMethod method, bool fits_input,
                                               const graph::Graph& graph, const Scheme& scheme,
                                               const Observers& observers) {
  std::vector<Range> ranges(scheme.group_count());
  for (size_t i = 0; i < graph.values.size(); ++i) {
    if (scheme.group_of[i] < 0) continue;
    Range& range = ranges[static_cast<size_t>(scheme.group_of[i])];
    const graph::Value& value = graph.values[i];
    if (value.constant) {
      range = range.Union(RangeOf(value.constant->As<float>()));
    } else if (observers[i] && fits_input && i == static_cast<size_t>(graph.inputs[0])) {
      range = range.Union(ChooseInputRange(*observers[i], scheme.dtype));
    } else if (observers[i]) {
      range = range.Union(ChooseRange(*observers[i], method, scheme.dtype));
    }
  }
  std::vector<tensor::Quantization> parameters;
  parameters.reserve(ranges.size());
  for (size_t group = 0; group < ranges.size(); ++group) {
    if (scheme.symmetric) ranges[group] = Symmetric(ranges[group], scheme.dtype);
    parameters.push_back(scheme.fixed[group] ? *scheme.fixed[group]
                                             : ParametersOf(ranges[group], scheme.dtype));
  }
  return parameters;
}

}  // namespace

std::vector<bool> RangedValues(const graph::Graph& graph, const Scheme& scheme) {
  std::vector<bool> ranged(graph.values.size(), false);
  for (size_t i = 0; i < ranged.size(); ++i) {
    const int32_t group = scheme.group_of[i];
    ranged[i] =
        group >= 0 && !scheme.fixed[static_cast<size_t>(group)] && !graph.values[i].constant;
  }
  return ranged;
}

Result<std::vector<tensor::Quantization>> ChooseActivations(const graph::Graph& graph,
                                                            const Scheme& scheme,
                                                            std::optional<RangeMethod> method,
                                                            const Observers& observers,
                                                            const Environment& environment) {
  if (method) return ParametersBy(*method, false, graph, scheme, observers);
  if (scheme.dtype == tensor::DType::kInt16) {
    return ParametersBy(RangeMethod::kMinMax, true, graph, scheme, observers);
  }
  Candidates candidates(scheme.group_count());
  // The first that is as good as any other is taken.
  for (RangeMethod each : {RangeMethod::kMse, RangeMethod::kMinMax, RangeMethod::kPercentile}) {
    const auto parameters = ParametersBy(each, true, graph, scheme, observers);
    for (size_t group = 0; group < candidates.size(); ++group) {
      const bool known =
          std::ranges::find(candidates[group], parameters[group]) != candidates[group].end();
      if (!known) candidates[group].push_back(parameters[group]);
    }
  }
  return ChooseByOutputError(graph, scheme, candidates, environment);
}

}  // namespace goldcrest::quantize
