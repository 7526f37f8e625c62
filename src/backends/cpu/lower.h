// One Lower for each operator; the sources are by kernel family.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "base/cpu_features.h"
#include "base/result.h"
#include "graph/graph.h"
#include "kernels/row.h"
#include "kernels/window.h"
#include "runtime/backend.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"

namespace goldcrest::backends::cpu {

// A node with its operands at hand.
struct Operands {
  const graph::Graph& graph;
  const graph::Node& node;
  base::Isa isa;  // of the kernels that may be chosen
  tensor::Arithmetic arithmetic = tensor::Arithmetic::kXnnpack;
  tensor::Precision precision = tensor::Precision::kFloat32;
  runtime::WeightCache* cache = nullptr;  // of packed weights; null: none
  std::string_view wanted;                // the kernel that a tuning has found; empty: none

  size_t count() const { return node.inputs.size(); }
  const graph::Value& in(size_t i) const { return graph.value(node.inputs[i]); }
  const graph::Value& out() const { return graph.value(node.output); }
};

using Lowered = Result<runtime::Step>;

Lowered Lower(const graph::Conv2D& op, const Operands& operands);
Lowered Lower(const graph::DepthwiseConv2D& op, const Operands& operands);
Lowered Lower(const graph::FullyConnected& op, const Operands& operands);
Lowered Lower(const graph::AveragePool2D& op, const Operands& operands);
Lowered Lower(const graph::MaxPool2D& op, const Operands& operands);
Lowered Lower(const graph::BatchNorm& op, const Operands& operands);
Lowered Lower(const graph::Activate& op, const Operands& operands);
Lowered Lower(const graph::HardSwish& op, const Operands& operands);
Lowered Lower(const graph::Logistic& op, const Operands& operands);
Lowered Lower(const graph::Tanh& op, const Operands& operands);
Lowered Lower(const graph::LeakyRelu& op, const Operands& operands);
Lowered Lower(const graph::Add& op, const Operands& operands);
Lowered Lower(const graph::Mul& op, const Operands& operands);
Lowered Lower(const graph::Pad& op, const Operands& operands);
Lowered Lower(const graph::Mean& op, const Operands& operands);
Lowered Lower(const graph::Softmax& op, const Operands& operands);
Lowered Lower(const graph::Reshape& op, const Operands& operands);
Lowered Lower(const graph::Concatenation& op, const Operands& operands);
Lowered Lower(const graph::ShapeOf& op, const Operands& operands);
Lowered Lower(const graph::StridedSlice& op, const Operands& operands);
Lowered Lower(const graph::Pack& op, const Operands& operands);
Lowered Lower(const graph::Quantize& op, const Operands& operands);
Lowered Lower(const graph::Dequantize& op, const Operands& operands);
Lowered Lower(const graph::ConvTranspose2D& op, const Operands& operands);
Lowered Lower(const graph::Prelu& op, const Operands& operands);
Lowered Lower(const graph::Math& op, const Operands& operands);
Lowered Lower(const graph::Sub& op, const Operands& operands);
Lowered Lower(const graph::Div& op, const Operands& operands);
Lowered Lower(const graph::Maximum& op, const Operands& operands);
Lowered Lower(const graph::Minimum& op, const Operands& operands);
Lowered Lower(const graph::Reduce& op, const Operands& operands);
Lowered Lower(const graph::ArgMax& op, const Operands& operands);
Lowered Lower(const graph::L2Normalize& op, const Operands& operands);
Lowered Lower(const graph::ResizeBilinear& op, const Operands& operands);
Lowered Lower(const graph::ResizeNearest& op, const Operands& operands);
Lowered Lower(const graph::Transpose& op, const Operands& operands);
Lowered Lower(const graph::SpaceToDepth& op, const Operands& operands);
Lowered Lower(const graph::DepthToSpace& op, const Operands& operands);
Lowered Lower(const graph::SpaceToBatch& op, const Operands& operands);
Lowered Lower(const graph::BatchToSpace& op, const Operands& operands);
Lowered Lower(const graph::Cast& op, const Operands& operands);
Lowered Lower(const graph::DetectionPostProcess& op, const Operands& operands);
Lowered Lower(const graph::FakeQuant& op, const Operands& operands);
Lowered Lower(const graph::Dropout& op, const Operands& operands);
Lowered Lower(const graph::TrainingOnly& op, const Operands& operands);

// An error unless the operands [0, count) and the result are float32.
Status ExpectFloat(const Operands& operands);

// An error unless the first `count` operands have the result's type, scale and zero point, so that
// their bytes can be copied.
Status ExpectSameQuantization(const Operands& operands, size_t count);

// Weights and bias are packed when the step is made, so they must be known by then.
Status ExpectConstantWeights(const Operands& operands);
kernels::Window FilterWindow(const graph::ConvolutionAttributes& op, const Operands& operands);
// All dimensions but the last.
int64_t RowsOf(const tensor::Shape& shape);

// The geometry of a window of kernel_h x kernel_w over the first operand.
kernels::Window WindowOf(const graph::ConvolutionAttributes& op, int64_t kernel_h, int64_t kernel_w,
                         const Operands& operands);

// Whether float32 is summed in the order of TensorFlow Lite's reference kernels, so that what is
// quantized as it comes meets the same numbers.
inline bool IsInOrder(const Operands& operands) {
  return operands.arithmetic == tensor::Arithmetic::kReference;
}

kernels::Clamp ClampOf(graph::Activation activation);

// The first operand of a mean or the like seen as [outer, reduced, inner]; an error where the axes
// are no neighbours.
struct Reduced {
  int64_t outer = 1, reduced = 1, inner = 1;
};
Result<Reduced> ReducedOf(std::span<const int64_t> axes, const Operands& operands);

// The rows of a kernel table, whichever it is, and the parameters that they may refuse.
struct Table {
  struct Row {
    std::string_view name;
    base::Isa isa;
    std::string_view refusal;
  };
  const void* rows;
  size_t count;
  const void* params;
  Row (*row)(const void* rows, size_t i, const void* params);

  Row operator[](size_t i) const { return row(rows, i, params); }
};

template <class Row, class Params>
Table TableOf(std::span<const Row> rows, const Params& params) {
  return {rows.data(), rows.size(), &params, [](const void* all, size_t i, const void* p) {
            const Row& row = static_cast<const Row*>(all)[i];
            return Table::Row{row.name, row.isa, row.refuse(*static_cast<const Params*>(p))};
          }};
}

// The row that the operands want, or the first, of those that can run; the last is the reference,
// which always can.
size_t Choose(const Table& table, const Operands& operands);
template <class Row, class Params>
const Row& Choose(std::span<const Row> rows, const Params& params, const Operands& operands) {
  return rows[Choose(TableOf(rows, params), operands)];
}

// `step`, which runs the row that was chosen, with those that were not although they come before it
// or are wanted, and why.
runtime::Step Explained(runtime::Step step, const Table& table, const Operands& operands);
template <class Row, class Params>
runtime::Step Explained(runtime::Step step, std::span<const Row> rows, const Params& params,
                        const Operands& operands) {
  return Explained(std::move(step), TableOf(rows, params), operands);
}

// Channels of what a step over a window reads and makes.
struct Channels {
  int64_t in, out;
};

// How far such a step is after a chunk that computes the output pixels [first, last).
runtime::Progress ProgressOf(const kernels::Window& window, Channels channels, int64_t first,
                             int64_t last);

// Elements of one chunk where a kernel does little more than to read and write them: some
// microseconds, enough to be worth a claim.
inline constexpr int64_t kElementsOfChunk = int64_t{1} << 14;

// Units of one chunk, each of `elements` elements; a multiple of `multiple`.
inline int64_t UnitsOfChunk(int64_t elements, int64_t multiple = 1) {
  const int64_t wanted = std::max<int64_t>(kElementsOfChunk / std::max<int64_t>(elements, 1), 1);
  return (wanted + multiple - 1) / multiple * multiple;
}

// A step of `units` pieces of work, each of `elements` elements: run(first, last, buffers) does a
// part of them. Chunks begin at multiples of `multiple` units.
template <class Run>
runtime::Step InChunks(std::string_view kernel, int64_t units, int64_t elements, Run run,
                       int64_t multiple = 1) {
  const int64_t step = UnitsOfChunk(elements, multiple);
  return {.kernel = std::string(kernel),
          .chunks = (units + step - 1) / step,
          .run = [units, step, run = std::move(run)](int64_t chunk,
                                                     const runtime::Buffers& b) noexcept {
            run(chunk * step, std::min((chunk + 1) * step, units), b);
          }};
}

// Adds the progress of InChunks' step over rows of a window, or where each element is made of those
// in its place.
void AddRowsProgress(runtime::Step& step, const kernels::Window& window, Channels channels,
                     int64_t multiple = 1);
void AddElementwiseProgress(runtime::Step& step, int64_t elements);

}  // namespace goldcrest::backends::cpu
