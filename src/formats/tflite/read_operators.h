// What the functions that read operators have in common, and these functions: each appends what one
// operator of the file means to the graph. Only ReadOperator calls them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/tflite/operators.h"

namespace goldcrest::formats::tflite {

// So many inputs; the first `least` are there.
Status ExpectInputs(const FileOperator& in, size_t least, size_t most);

std::unexpected<Error> MissingOptions();

Result<graph::Activation> ReadActivation(schema::ActivationFunctionType type);

// The elements of a constant int32 or int64 operand, which errors call `what`.
Result<std::vector<int64_t>> ConstantIntegers(const graph::Graph& graph, graph::ValueId id,
                                              const char* what);

// Of a value that the file does not have. Many may be made of one, so it is short.
std::string DerivedName(const std::string& name, std::string_view suffix);

// Appends `op` on the first `inputs` of the operator's inputs, absent ones left out.
void Append(graph::Graph& graph, graph::Op op, const FileOperator& in, size_t inputs);

// Of an operator that makes one number of all along some axes.
struct ReducedAxes {
  std::vector<int64_t> axes;
  bool keep_dims;
};
Result<ReducedAxes> ReadReducedAxes(const FileOperator& in, const graph::Graph& graph);

// An axis as a number in [0, rank); an error where there is none such.
Result<int64_t> ReadAxis(int64_t axis, size_t rank);

// read_layers.cc
Status ReadConv2D(const FileOperator& in, graph::Graph& graph);
Status ReadTransposeConv(const FileOperator& in, graph::Graph& graph);
Status ReadDepthwiseConv2D(const FileOperator& in, graph::Graph& graph);
Status ReadFullyConnected(const FileOperator& in, graph::Graph& graph);
Status ReadAveragePool2D(const FileOperator& in, graph::Graph& graph);
Status ReadMaxPool2D(const FileOperator& in, graph::Graph& graph);

// read_elementwise.cc
Status ReadAdd(const FileOperator& in, graph::Graph& graph);
Status ReadMul(const FileOperator& in, graph::Graph& graph);
Status ReadSub(const FileOperator& in, graph::Graph& graph);
Status ReadRelu(const FileOperator& in, graph::Graph& graph);
Status ReadRelu6(const FileOperator& in, graph::Graph& graph);
Status ReadHardSwish(const FileOperator& in, graph::Graph& graph);
Status ReadLogistic(const FileOperator& in, graph::Graph& graph);
Status ReadTanh(const FileOperator& in, graph::Graph& graph);
Status ReadLeakyRelu(const FileOperator& in, graph::Graph& graph);
Status ReadSoftmax(const FileOperator& in, graph::Graph& graph);
Status ReadDiv(const FileOperator& in, graph::Graph& graph);
Status ReadMaximum(const FileOperator& in, graph::Graph& graph);
Status ReadMinimum(const FileOperator& in, graph::Graph& graph);
Status ReadPrelu(const FileOperator& in, graph::Graph& graph);
template <graph::MathFunction function>
Status ReadMath(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  Append(graph, graph::Math{function}, in, 1);
  return {};
}
Status ReadL2Normalization(const FileOperator& in, graph::Graph& graph);
Status ReadCast(const FileOperator& in, graph::Graph& graph);
Status ReadQuantize(const FileOperator& in, graph::Graph& graph);
Status ReadDequantize(const FileOperator& in, graph::Graph& graph);
Status ReadFakeQuant(const FileOperator& in, graph::Graph& graph);

// read_shape_operators.cc
Status ReadConcatenation(const FileOperator& in, graph::Graph& graph);
Status ReadPad(const FileOperator& in, graph::Graph& graph);
Status ReadMean(const FileOperator& in, graph::Graph& graph);
Status ReadReshape(const FileOperator& in, graph::Graph& graph);
Status ReadShape(const FileOperator& in, graph::Graph& graph);
Status ReadStridedSlice(const FileOperator& in, graph::Graph& graph);
Status ReadPack(const FileOperator& in, graph::Graph& graph);
Status ReadSqueeze(const FileOperator& in, graph::Graph& graph);
Status ReadExpandDims(const FileOperator& in, graph::Graph& graph);

// read_slices.cc
Status ReadSlice(const FileOperator& in, graph::Graph& graph);
Status ReadSplit(const FileOperator& in, graph::Graph& graph);
Status ReadSplitV(const FileOperator& in, graph::Graph& graph);
Status ReadUnpack(const FileOperator& in, graph::Graph& graph);

// read_movement.cc
Status ReadTranspose(const FileOperator& in, graph::Graph& graph);
Status ReadSpaceToDepth(const FileOperator& in, graph::Graph& graph);
Status ReadDepthToSpace(const FileOperator& in, graph::Graph& graph);
Status ReadSpaceToBatch(const FileOperator& in, graph::Graph& graph);
Status ReadBatchToSpace(const FileOperator& in, graph::Graph& graph);
Status ReadResizeBilinear(const FileOperator& in, graph::Graph& graph);
Status ReadResizeNearest(const FileOperator& in, graph::Graph& graph);

// read_selection.cc
template <graph::Reduction reduction>
Status ReadReduce(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_TRY(auto axes, ReadReducedAxes(in, graph));
  Append(graph, graph::Reduce{reduction, std::move(axes.axes), axes.keep_dims}, in, 1);
  return {};
}
Status ReadArgMax(const FileOperator& in, graph::Graph& graph);
Status ReadArgMin(const FileOperator& in, graph::Graph& graph);
Status ReadDetectionPostProcess(const FileOperator& in, graph::Graph& graph);

}  // namespace goldcrest::formats::tflite
