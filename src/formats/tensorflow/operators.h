// What each operator of TensorFlow becomes: a function a kind, in a file a family, and their table.
#pragma once

#include "formats/tensorflow/node_context.h"

namespace goldcrest::formats::tensorflow {

// By the table; an operator that is in none is an error.
Made ImportNode(NodeContext& c);

// read_layers.cc
Made ImportConv2D(NodeContext& c);
Made ImportDepthwise(NodeContext& c);
Made ImportMatMul(NodeContext& c);
Made ImportBiasAdd(NodeContext& c);
Made ImportAveragePool(NodeContext& c);
Made ImportMaxPool(NodeContext& c);
Result<graph::ConvolutionAttributes> ConvolutionOf(NodeContext& c);
// The convolution of `c` over another value than its own.
Made AddConvolution(NodeContext& c, graph::ValueId x, const graph::ConvolutionAttributes& op);

// read_dilation.cc
Made ImportSpaceToBatch(NodeContext& c);
Made ImportBatchToSpace(NodeContext& c);

// read_batch_norm.cc
Made ImportFusedBatchNorm(NodeContext& c);
Made ImportGlobalBatchNorm(NodeContext& c);
// The batch normalization whose last step, an addition, `c` is; nothing where it is none.
Result<std::optional<Operand>> MatchBatchNorm(NodeContext& c);

// read_arithmetic.cc
Made ImportAdd(NodeContext& c);
Made ImportSub(NodeContext& c);
Made ImportMul(NodeContext& c);
Made ImportDiv(NodeContext& c);
Made ImportMaximum(NodeContext& c);
Made ImportMinimum(NodeContext& c);
Made ImportUnary(NodeContext& c);
Made ImportSquaredDifference(NodeContext& c);

// read_activations.cc
Made ImportRelu(NodeContext& c);
Made ImportRelu6(NodeContext& c);
Made ImportLeakyRelu(NodeContext& c);
Made ImportSigmoid(NodeContext& c);
Made ImportTanh(NodeContext& c);
Made ImportSoftmax(NodeContext& c);

// read_shapes.cc
Made ImportReshape(NodeContext& c);
Made ImportSqueeze(NodeContext& c);
Made ImportExpandDims(NodeContext& c);
Made ImportPad(NodeContext& c);
Made ImportMean(NodeContext& c);
Made ImportConcat(NodeContext& c);
Made ImportTranspose(NodeContext& c);
Made ImportReduction(NodeContext& c);
Made ImportArgMax(NodeContext& c);
// Axes, counted from the end where they are negative, as rising numbers below `rank`.
Result<std::vector<int64_t>> Axes(const std::vector<int64_t>& said, size_t rank);

// read_slices.cc
Made ImportSlice(NodeContext& c);
Made ImportSplit(NodeContext& c);
Made ImportUnpack(NodeContext& c);
Made SliceValue(NodeContext& c);  // StridedSlice of what is no list of integers
Made PackValues(NodeContext& c);  // the same of Pack

// read_pictures.cc
Made ImportResize(NodeContext& c);
Made ImportSpaceToDepth(NodeContext& c);
Made ImportDepthToSpace(NodeContext& c);

// read_integers.cc
Made ImportShape(NodeContext& c);
Made ImportStridedSlice(NodeContext& c);
Made ImportPack(NodeContext& c);
Made ImportCast(NodeContext& c);
Made ImportProd(NodeContext& c);
Made ImportGather(NodeContext& c);
// Of two inputs that are both integers.
Made IntegerArithmetic(NodeContext& c);
// Those of all inputs from `first` to `last` in a row.
Made JoinIntegers(NodeContext& c, size_t first, size_t last);

// read_fake_quant.cc
Made ImportFakeQuant(NodeContext& c);

// fold_floats.cc
// Of two inputs that are both known.
Made FloatArithmetic(NodeContext& c);
Made FloatFunction(NodeContext& c);
bool IsFloatFunction(const NodeContext& c);  // whether there is one for the operator

}  // namespace goldcrest::formats::tensorflow
