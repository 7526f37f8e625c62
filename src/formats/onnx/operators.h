// What each operator of ONNX becomes: a function a kind, in a file a family, and their table.
#pragma once

#include "formats/onnx/node_context.h"

namespace goldcrest::formats::onnx {

// By the table; an operator that is in none is an error.
Made ImportNode(NodeContext& c);

// read_convolution.cc
Made ImportConv(NodeContext& c);
Made ImportConvTranspose(NodeContext& c);
Made ImportGemm(NodeContext& c);
Made ImportMatMul(NodeContext& c);

// read_pools.cc
Made ImportMaxPool(NodeContext& c);
Made ImportAveragePool(NodeContext& c);
Made ImportGlobalAveragePool(NodeContext& c);
Made ImportGlobalMaxPool(NodeContext& c);
Made ImportReduceMax(NodeContext& c);
Made ImportReduceMean(NodeContext& c);
Made ImportReduceMin(NodeContext& c);
Made ImportReduceSum(NodeContext& c);
Made ImportArgMax(NodeContext& c);  // and ArgMin

// read_normalization.cc
Made ImportBatchNormalization(NodeContext& c);
Made ImportSoftmax(NodeContext& c);
Made ImportLpNormalization(NodeContext& c);

// read_activations.cc
Made ImportRelu(NodeContext& c);
Made ImportClip(NodeContext& c);
Made ImportHardSigmoid(NodeContext& c);
Made ImportHardSwish(NodeContext& c);
Made ImportLeakyRelu(NodeContext& c);
Made ImportSigmoid(NodeContext& c);
Made ImportTanh(NodeContext& c);

// read_arithmetic.cc
Made ImportAdd(NodeContext& c);
Made ImportSub(NodeContext& c);
Made ImportMul(NodeContext& c);
Made ImportDiv(NodeContext& c);
Made ImportMax(NodeContext& c);
Made ImportMin(NodeContext& c);
Made ImportPRelu(NodeContext& c);
Made ImportPow(NodeContext& c);

// read_shapes.cc
Made ImportReshape(NodeContext& c);
Made ImportFlatten(NodeContext& c);
Made ImportSqueeze(NodeContext& c);
Made ImportUnsqueeze(NodeContext& c);
Made ImportTranspose(NodeContext& c);
Made ImportConcat(NodeContext& c);
Made ImportPad(NodeContext& c);
Made ImportIdentity(NodeContext& c);
Made ImportDropout(NodeContext& c);
// Dimension `axis` of `rank`, counted from the end where it is negative.
Result<size_t> AxisOf(int64_t axis, size_t rank);
// The same of several, rising.
Result<std::vector<size_t>> AxesOf(const std::vector<int64_t>& said, size_t rank);
// Those that an attribute of old, or an input of today, names; `otherwise` where none does.
Result<std::vector<int64_t>> StatedAxes(NodeContext& c, int input, std::vector<int64_t> otherwise);

// read_movement.cc
Made ImportSlice(NodeContext& c);
Made ImportSplit(NodeContext& c);
Made ImportResize(NodeContext& c);        // and Upsample
Made ImportDepthToSpace(NodeContext& c);  // and SpaceToDepth

// read_known.cc
Made ImportConstant(NodeContext& c);
Made ImportConstantOfShape(NodeContext& c);
Made ImportShape(NodeContext& c);
Made ImportSize(NodeContext& c);
Made ImportGather(NodeContext& c);
Made ImportCast(NodeContext& c);
Made ImportCastLike(NodeContext& c);
Made ImportExpand(NodeContext& c);
Made ImportReduceProd(NodeContext& c);
Made ImportRange(NodeContext& c);
Made ImportUnary(NodeContext& c);
// Of two inputs that are both integers, or both constants.
Made IntegerArithmetic(NodeContext& c);
Made FloatArithmetic(NodeContext& c);

// read_quantization.cc
Made ImportQuantizeLinear(NodeContext& c);
Made ImportDequantizeLinear(NodeContext& c);

}  // namespace goldcrest::formats::onnx
