#include <arm_neon.h>

#include "gradients/batch_norm/batch_norm.h"

namespace goldcrest::gradients::batch_norm {
namespace {

#include "kernels/vec_neon.h"

#include "gradients/batch_norm/batch_norm-inl.h"

}  // namespace

const Functions kNeon = {Moments, Apply, GradientSums, Gradient};

}  // namespace goldcrest::gradients::batch_norm
