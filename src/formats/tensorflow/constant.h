// Tensors whose elements are known while a graph is read.
#pragma once

#include <limits>
#include <variant>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "graph_def.pb.h"
#include "tensor/shape.h"
#include "tensor/shared_bytes.h"

namespace goldcrest::formats::tensorflow {

// float32.
struct Floats {
  tensor::Shape shape;
  tensor::SharedBytes bytes;

  std::span<const float> elements() const { return bytes.As<float>(); }
};

// Constants behind a FakeQuant, which says what integers they will be stored as.
struct RangedFloats {
  Floats floats;
  graph::FakeQuant op;
  std::vector<float> min, max;  // one, or one for each index of the last dimension
};

// Integers of any type, and booleans: shapes, axes, paddings. Those that are dimensions may be
// unknown.
struct Integers {
  tensor::Shape shape;
  std::vector<int64_t> elements;
};

inline constexpr size_t kMostIntegers = 4096;

// Stand for what is not known: dimension `d` of a value, and what was computed with such.
inline constexpr int64_t kUnknown = std::numeric_limits<int64_t>::min();
inline int64_t UnknownDimension(graph::ValueId value, size_t d) {
  return kUnknown + 1 + int64_t{value} * 8 + static_cast<int64_t>(d);
}
inline bool IsUnknown(int64_t element) { return element < kUnknown / 2; }

// What a batch of SpaceToBatchND is read by: nothing but a dilated convolution.
struct SpaceInBatches {};

// What a node makes.
using Operand = std::variant<graph::ValueId, Floats, RangedFloats, Integers, SpaceInBatches>;

// What may be made of a file's constants, in bytes: copies, turned filters, results of arithmetic.
class Budget {
 public:
  explicit Budget(size_t file_bytes) { AddFile(file_bytes); }
  void AddFile(size_t bytes);
  Status Take(size_t bytes);

 private:
  size_t left_ = size_t{32} << 20;
};

// A copy of the tensor.
Result<Operand> DecodeConstant(const proto::TensorProto& tensor, Budget& budget);

// The shape that a message says; dimensions may be -1 where `may_be_unknown`.
Result<tensor::Shape> DecodeShape(const proto::TensorShapeProto& shape, bool may_be_unknown);

}  // namespace goldcrest::formats::tensorflow
