#include <immintrin.h>

#include "gradients/conv_weights/conv_weights.h"
#include "kernels/conv/conv.h"

namespace goldcrest::gradients::conv_weights {
namespace {

#include "kernels/vec_avx512.h"

#include "gradients/conv_weights/conv_weights-inl.h"

}  // namespace

void RunAvx512(const Params& params, const float* x, const float* dy, float* sums,
               const Block& block) noexcept {
  Run<8, HalfVec>(params, x, dy, sums, block);
}

}  // namespace goldcrest::gradients::conv_weights
