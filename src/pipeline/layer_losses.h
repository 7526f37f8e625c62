// How far a quantized model is from the float one, layer by layer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/thread_pool.h"
#include "quantize/quantize.h"
#include "quantize/samples.h"

namespace goldcrest::pipeline {

struct LayerLoss {
  std::string name;
  std::string_view op;
  tensor::DType dtype;  // that the layer's result has
  // 10 · log10 of Σ real² / Σ (real − quantized)² of the layer's result over the samples; infinite
  // where they are equal.
  double sqnr_db = 0;
  // Σ (real − quantized)² / Σ real² of the result less that of what the layer reads; of several,
  // the largest. 0 where the layer adds nothing.
  double added_noise = 0;
};

// Of the layers that both models have, in the order in which they run, over the first
// `most_samples` samples. The models have one input.
Result<std::vector<LayerLoss>> MeasureLayerLosses(const quantize::Quantized& quantized,
                                                  const quantize::Samples& samples,
                                                  int64_t most_samples, base::ThreadPool& pool);

// Indices of the layers that add most noise, the worst first; none that adds nothing.
std::vector<size_t> WorstLayers(const std::vector<LayerLoss>& losses, size_t most);

}  // namespace goldcrest::pipeline
