// Operators that take parts of a tensor.
#include <algorithm>
#include <array>
#include <utility>

#include "formats/tflite/read_operators.h"
#include "graph/slice_bounds.h"

namespace goldcrest::formats::tflite {
namespace {

// All of a tensor of that rank, from which parts are then taken.
graph::StridedSlice Whole(size_t rank) {
  return {.begin = std::vector<int64_t>(rank, 0),
          .size = std::vector<int64_t>(rank, -1),
          .stride = std::vector<int64_t>(rank, 1)};
}

// One operator for each output: `sizes` elements along `axis`, one part behind the other.
Status AppendParts(graph::Graph& graph, graph::ValueId from, int64_t axis,
                   std::span<const int64_t> sizes, bool drop, const FileOperator& in) {
  if (sizes.size() != in.outputs.size()) {
    return Invalid("makes ", in.outputs.size(), " parts of ", sizes.size());
  }
  const auto d = static_cast<size_t>(axis);
  int64_t begin = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    graph::StridedSlice op = Whole(graph.value(from).shape.size());
    op.begin[d] = begin;
    op.size[d] = sizes[i];
    if (drop) op.dropped = {axis};
    begin += sizes[i];
    graph.nodes.push_back({std::move(op), {from}, in.outputs[i]});
  }
  return {};
}

Result<int64_t> ConstantAxis(const graph::Graph& graph, graph::ValueId id, size_t rank) {
  GOLDCREST_TRY(auto axes, ConstantIntegers(graph, id, "the axis"));
  if (axes.size() != 1) return Invalid("has ", axes.size(), " axes");
  return ReadAxis(axes[0], rank);
}

}  // namespace

Status ReadStridedSlice(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 4, 4));
  const auto* options = in.op.builtin_options_as_StridedSliceOptions();
  if (options == nullptr) return MissingOptions();
  graph::SliceBounds bounds{.begin_mask = options->begin_mask(),
                            .end_mask = options->end_mask(),
                            .ellipsis_mask = options->ellipsis_mask(),
                            .new_axis_mask = options->new_axis_mask(),
                            .shrink_axis_mask = options->shrink_axis_mask()};
  std::array<std::vector<int64_t>*, 3> lists = {&bounds.begin, &bounds.end, &bounds.stride};
  for (size_t i = 0; i < lists.size(); ++i) {
    constexpr std::array<const char*, 3> kNames = {"the begin", "the end", "the stride"};
    GOLDCREST_TRY(*lists[i], ConstantIntegers(graph, in.inputs[i + 1], kNames[i]));
  }
  GOLDCREST_TRY(auto op, graph::SliceOf(bounds, graph.value(in.inputs[0]).shape));
  Append(graph, std::move(op), in, 1);
  return {};
}

Status ReadSlice(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 3, 3));
  GOLDCREST_TRY(auto begin, ConstantIntegers(graph, in.inputs[1], "the begin"));
  GOLDCREST_TRY(auto size, ConstantIntegers(graph, in.inputs[2], "the size"));
  const tensor::Shape& shape = graph.value(in.inputs[0]).shape;
  if (begin.size() != shape.size() || size.size() != shape.size()) {
    return Invalid("slices ", begin.size(), " dimensions of ", shape.size());
  }
  graph::StridedSlice op = Whole(shape.size());
  for (size_t d = 0; d < shape.size(); ++d) {
    const bool whole = begin[d] == 0 && (size[d] == -1 || size[d] == shape[d]);
    if (whole) continue;
    if (shape[d] < 0 && size[d] == -1) {
      return Fail(ErrorCode::kUnsupported, "the rest of a dimension whose size is not known");
    }
    op.begin[d] = begin[d];
    op.size[d] = size[d] == -1 ? shape[d] - begin[d] : size[d];
  }
  Append(graph, std::move(op), in, 1);
  return {};
}

Status ReadSplit(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  const tensor::Shape& shape = graph.value(in.inputs[1]).shape;
  GOLDCREST_TRY(const int64_t axis, ConstantAxis(graph, in.inputs[0], shape.size()));
  const int64_t size = shape[static_cast<size_t>(axis)];
  const auto parts = static_cast<int64_t>(in.outputs.size());
  if (size < 0 || size % parts != 0) return Invalid("splits ", size, " into ", parts, " parts");
  return AppendParts(graph, in.inputs[1], axis,
                     std::vector<int64_t>(in.outputs.size(), size / parts), false, in);
}

Status ReadSplitV(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 3, 3));
  const tensor::Shape& shape = graph.value(in.inputs[0]).shape;
  GOLDCREST_TRY(auto sizes, ConstantIntegers(graph, in.inputs[1], "the list of sizes"));
  GOLDCREST_TRY(const int64_t axis, ConstantAxis(graph, in.inputs[2], shape.size()));
  int64_t rest = shape[static_cast<size_t>(axis)];
  for (int64_t size : sizes) {
    if (size < -1 || size > INT32_MAX) return Invalid("a part of ", size);
    rest -= std::max<int64_t>(size, 0);
  }
  for (int64_t& size : sizes) {
    if (size == -1) size = std::exchange(rest, 0);
  }
  if (rest != 0) return Invalid("the parts are not the whole of ", tensor::ToString(shape));
  return AppendParts(graph, in.inputs[0], axis, sizes, false, in);
}

Status ReadUnpack(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const auto* options = in.op.builtin_options_as_UnpackOptions();
  if (options == nullptr) return MissingOptions();
  const tensor::Shape& shape = graph.value(in.inputs[0]).shape;
  GOLDCREST_TRY(const int64_t axis, ReadAxis(options->axis(), shape.size()));
  const int64_t size = shape[static_cast<size_t>(axis)];
  if (size != static_cast<int64_t>(in.outputs.size())) {
    return Invalid("makes ", in.outputs.size(), " of ", size);
  }
  return AppendParts(graph, in.inputs[0], axis, std::vector<int64_t>(in.outputs.size(), 1), true,
                     in);
}

}  // namespace goldcrest::formats::tflite
