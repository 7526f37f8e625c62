// Scales and zero points of what runs between the layers.
#pragma once

#include <optional>
#include <vector>

#include "quantize/calibrate.h"
#include "quantize/range_search.h"
#include "quantize/scheme.h"

namespace goldcrest::quantize {

// Values that must be observed: those whose range decides the parameters of a group.
std::vector<bool> RangedValues(const graph::Graph& graph, const Scheme& scheme);

// The parameters of every group of the scheme, from what was seen of its values. Without a method
// 16 bits get all that was seen; of 8 bits each group is given the range, among those by
// squared error, by extremes and by percentile (the other methods made held-back pictures worse),
// with which the operators that read it come nearest to what they give of the float values
// (output_error.h).
Result<std::vector<tensor::Quantization>> ChooseActivations(const graph::Graph& graph,
                                                            const Scheme& scheme,
                                                            std::optional<RangeMethod> method,
                                                            const Observers& observers,
                                                            const Environment& environment);

}  // namespace goldcrest::quantize
