#include <immintrin.h>

#include "gradients/batch_norm/batch_norm.h"

namespace goldcrest::gradients::batch_norm {
namespace {

#include "kernels/vec_avx512.h"

#include "gradients/batch_norm/batch_norm-inl.h"

}  // namespace

const Functions kAvx512 = {Moments, Apply, GradientSums, Gradient};

}  // namespace goldcrest::gradients::batch_norm
