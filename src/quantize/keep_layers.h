// Which layers to leave in a wider type, so that a model is good enough.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "base/result.h"
#include "quantize/scheme.h"
#include "quantize/sensitivity.h"

namespace goldcrest::quantize {

// Whether the model is good enough with these layers kept.
using GoodEnough = std::function<Result<bool>(const KeptLayers& kept)>;

// Few of the worst layers that must be kept, found by bisection, `worst` being the worst first:
// each in its candidate's type or, where all of them are not enough, in float32. At least one layer
// is quantized; nothing where that is never good enough. The last layers for which `good_enough`
// was true are those that are returned.
Result<std::optional<KeptLayers>> KeepFewLayers(std::span<const Candidate> worst,
                                                const GoodEnough& good_enough);

}  // namespace goldcrest::quantize
