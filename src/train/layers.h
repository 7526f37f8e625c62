// The rows of the table in layers.cc; the sources are by family.
#pragma once

#include <limits>

#include "kernels/window.h"
#include "train/layer.h"

namespace goldcrest::train {

// The geometry of a window of kernel_h x kernel_w over the first operand.
kernels::Window WindowOf(const graph::ConvolutionAttributes& op, int64_t kernel_h, int64_t kernel_w,
                         const LayerContext& context);

using Made = Result<std::unique_ptr<Layer>>;

Made MakeConv2D(const LayerContext& context);
Made MakeDepthwiseConv2D(const LayerContext& context);
Made MakeFullyConnected(const LayerContext& context);
Made MakeBatchNorm(const LayerContext& context);
Made MakeUnary(const LayerContext& context);
Made MakeBinary(const LayerContext& context);
Made MakePool(const LayerContext& context);
Made MakeMean(const LayerContext& context);
Made MakePad(const LayerContext& context);
Made MakeCopy(const LayerContext& context);
Made MakeDropout(const LayerContext& context);
Made MakeConcatenation(const LayerContext& context);
Made MakeSoftmax(const LayerContext& context);

}  // namespace goldcrest::train
