// What a run needs that the graph does not say.
#pragma once

#include <cstdint>

#include "base/thread_pool.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"

namespace goldcrest::runtime {

class WeightCache;
struct Tuning;

struct Options {
  base::ThreadPool* pool = nullptr;  // null: the calling thread alone; must outlive the executor
  tensor::Arithmetic arithmetic = tensor::Arithmetic::kXnnpack;
  tensor::Precision precision = tensor::Precision::kFloat32;
  // While an executor is made; null: none.
  WeightCache* cache = nullptr;  // of packed weights
  const Tuning* tuning = nullptr;
  bool keep_all_values = false;  // no memory is reused, so that every value can be read
  bool edges_outside = false;    // inputs and outputs lie where they are bound to, before a run
  int64_t most_arena_bytes = int64_t{4} << 30;  // a model that needs more is refused
};

}  // namespace goldcrest::runtime
