// `goldcrest benchmark --pictures`.
#pragma once

#include "base/result.h"
#include "pipeline/picture_benchmark.h"

namespace goldcrest::cli {

// Measures how fast pictures become inputs of the model, and prints it.
Status BenchmarkPictures(const pipeline::PictureBenchmarkOptions& options, bool json);

}  // namespace goldcrest::cli
