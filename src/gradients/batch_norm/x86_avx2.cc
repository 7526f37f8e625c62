#include <immintrin.h>

#include "gradients/batch_norm/batch_norm.h"

namespace goldcrest::gradients::batch_norm {
namespace {

#include "kernels/vec_avx2.h"

#include "gradients/batch_norm/batch_norm-inl.h"

}  // namespace

const Functions kAvx2 = {Moments, Apply, GradientSums, Gradient};

}  // namespace goldcrest::gradients::batch_norm
