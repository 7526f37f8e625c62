#include "formats/tensorflow/operators.h"

#include <algorithm>
#include <array>

namespace goldcrest::formats::tensorflow {
namespace {

struct Row {
  std::string_view op;
  Made (*import)(NodeContext& c);
};

constexpr std::array kRows = {
    Row{"Abs", ImportUnary},
    Row{"Add", ImportAdd},
    Row{"AddV2", ImportAdd},
    Row{"ArgMax", ImportArgMax},
    Row{"ArgMin", ImportArgMax},
    Row{"AvgPool", ImportAveragePool},
    Row{"BatchMatMulV2", ImportMatMul},
    Row{"BatchNormWithGlobalNormalization", ImportGlobalBatchNorm},
    Row{"BatchToSpaceND", ImportBatchToSpace},
    Row{"BiasAdd", ImportBiasAdd},
    Row{"Cast", ImportCast},
    Row{"Ceil", ImportUnary},
    Row{"Concat", ImportConcat},
    Row{"ConcatV2", ImportConcat},
    Row{"Conv2D", ImportConv2D},
    Row{"Cos", ImportUnary},
    Row{"DepthToSpace", ImportDepthToSpace},
    Row{"DepthwiseConv2dNative", ImportDepthwise},
    Row{"Div", ImportDiv},
    Row{"Elu", ImportUnary},
    Row{"Exp", ImportUnary},
    Row{"ExpandDims", ImportExpandDims},
    Row{"FakeQuantWithMinMaxArgs", ImportFakeQuant},
    Row{"FakeQuantWithMinMaxVars", ImportFakeQuant},
    Row{"FakeQuantWithMinMaxVarsPerChannel", ImportFakeQuant},
    Row{"Floor", ImportUnary},
    Row{"FloorDiv", IntegerArithmetic},
    Row{"FusedBatchNorm", ImportFusedBatchNorm},
    Row{"FusedBatchNormV2", ImportFusedBatchNorm},
    Row{"FusedBatchNormV3", ImportFusedBatchNorm},
    Row{"Gather", ImportGather},
    Row{"GatherV2", ImportGather},
    Row{"LeakyRelu", ImportLeakyRelu},
    Row{"Log", ImportUnary},
    Row{"MatMul", ImportMatMul},
    Row{"Max", ImportReduction},
    Row{"MaxPool", ImportMaxPool},
    Row{"Maximum", ImportMaximum},
    Row{"Mean", ImportMean},
    Row{"Min", ImportReduction},
    Row{"Minimum", ImportMinimum},
    Row{"Mul", ImportMul},
    Row{"Neg", ImportUnary},
    Row{"Pack", ImportPack},
    Row{"Pad", ImportPad},
    Row{"PadV2", ImportPad},
    Row{"Prod", ImportProd},
    Row{"RealDiv", ImportDiv},
    Row{"Reciprocal", ImportUnary},
    Row{"Relu", ImportRelu},
    Row{"Relu6", ImportRelu6},
    Row{"Reshape", ImportReshape},
    Row{"ResizeBilinear", ImportResize},
    Row{"ResizeNearestNeighbor", ImportResize},
    Row{"Round", ImportUnary},
    Row{"Rsqrt", ImportUnary},
    Row{"Shape", ImportShape},
    Row{"Sigmoid", ImportSigmoid},
    Row{"Sin", ImportUnary},
    Row{"Slice", ImportSlice},
    Row{"Softmax", ImportSoftmax},
    Row{"SpaceToBatchND", ImportSpaceToBatch},
    Row{"SpaceToDepth", ImportSpaceToDepth},
    Row{"Split", ImportSplit},
    Row{"SplitV", ImportSplit},
    Row{"Sqrt", ImportUnary},
    Row{"Square", ImportUnary},
    Row{"SquaredDifference", ImportSquaredDifference},
    Row{"Squeeze", ImportSqueeze},
    Row{"StridedSlice", ImportStridedSlice},
    Row{"Sub", ImportSub},
    Row{"Sum", ImportReduction},
    Row{"Tanh", ImportTanh},
    Row{"Transpose", ImportTranspose},
    Row{"Unpack", ImportUnpack},
};

// Operators that a whole model has and a part of one should not, and what to do about them.
struct Remedy {
  std::string_view op;
  std::string_view remedy;
};

constexpr std::array kRemedies = {
    Remedy{"VariableV2", "freeze the graph's variables first, or convert its SavedModel"},
    Remedy{"VarHandleOp", "freeze the graph's variables first, or convert its SavedModel"},
    Remedy{"Variable", "freeze the graph's variables first, or convert its SavedModel"},
    Remedy{"DecodeJpeg", "name what it makes of a picture with --input-arrays"},
    Remedy{"IteratorGetNext", "name what reads it with --input-arrays"},
};

}  // namespace

Made ImportNode(NodeContext& c) {
  for (const Row& row : kRows) {
    if (c.Is(row.op)) return row.import(c);
  }
  for (const Remedy& r : kRemedies) {
    if (c.Is(r.op)) {
      return Fail(ErrorCode::kUnsupported, "the operator is not supported; ", r.remedy);
    }
  }
  std::vector<std::string> names;
  names.reserve(kRows.size());
  for (const Row& row : kRows) names.emplace_back(row.op);
  return Fail(ErrorCode::kUnsupported, "the operator is not supported; supported are ",
              base::Join(names, ", "));
}

}  // namespace goldcrest::formats::tensorflow
