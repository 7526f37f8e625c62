#include "formats/onnx/operators.h"

#include <algorithm>
#include <array>

namespace goldcrest::formats::onnx {
namespace {

struct ImporterRow {
  std::string_view op;
  Made (*import)(NodeContext& c);
};

constexpr std::array kImporters = {
    ImporterRow{"Abs", ImportUnary},
    ImporterRow{"Add", ImportAdd},
    ImporterRow{"ArgMax", ImportArgMax},
    ImporterRow{"ArgMin", ImportArgMax},
    ImporterRow{"AveragePool", ImportAveragePool},
    ImporterRow{"BatchNormalization", ImportBatchNormalization},
    ImporterRow{"Cast", ImportCast},
    ImporterRow{"CastLike", ImportCastLike},
    ImporterRow{"Ceil", ImportUnary},
    ImporterRow{"Clip", ImportClip},
    ImporterRow{"Concat", ImportConcat},
    ImporterRow{"Constant", ImportConstant},
    ImporterRow{"ConstantOfShape", ImportConstantOfShape},
    ImporterRow{"Conv", ImportConv},
    ImporterRow{"ConvTranspose", ImportConvTranspose},
    ImporterRow{"Cos", ImportUnary},
    ImporterRow{"DepthToSpace", ImportDepthToSpace},
    ImporterRow{"DequantizeLinear", ImportDequantizeLinear},
    ImporterRow{"Div", ImportDiv},
    ImporterRow{"Dropout", ImportDropout},
    ImporterRow{"Elu", ImportUnary},
    ImporterRow{"Exp", ImportUnary},
    ImporterRow{"Expand", ImportExpand},
    ImporterRow{"Flatten", ImportFlatten},
    ImporterRow{"Floor", ImportUnary},
    ImporterRow{"Gather", ImportGather},
    ImporterRow{"Gemm", ImportGemm},
    ImporterRow{"GlobalAveragePool", ImportGlobalAveragePool},
    ImporterRow{"GlobalMaxPool", ImportGlobalMaxPool},
    ImporterRow{"HardSigmoid", ImportHardSigmoid},
    ImporterRow{"HardSwish", ImportHardSwish},
    ImporterRow{"Identity", ImportIdentity},
    ImporterRow{"LeakyRelu", ImportLeakyRelu},
    ImporterRow{"Log", ImportUnary},
    ImporterRow{"LpNormalization", ImportLpNormalization},
    ImporterRow{"MatMul", ImportMatMul},
    ImporterRow{"Max", ImportMax},
    ImporterRow{"MaxPool", ImportMaxPool},
    ImporterRow{"Min", ImportMin},
    ImporterRow{"Mul", ImportMul},
    ImporterRow{"Neg", ImportUnary},
    ImporterRow{"PRelu", ImportPRelu},
    ImporterRow{"Pad", ImportPad},
    ImporterRow{"Pow", ImportPow},
    ImporterRow{"QuantizeLinear", ImportQuantizeLinear},
    ImporterRow{"Range", ImportRange},
    ImporterRow{"Reciprocal", ImportUnary},
    ImporterRow{"ReduceMax", ImportReduceMax},
    ImporterRow{"ReduceMean", ImportReduceMean},
    ImporterRow{"ReduceMin", ImportReduceMin},
    ImporterRow{"ReduceProd", ImportReduceProd},
    ImporterRow{"ReduceSum", ImportReduceSum},
    ImporterRow{"Relu", ImportRelu},
    ImporterRow{"Reshape", ImportReshape},
    ImporterRow{"Resize", ImportResize},
    ImporterRow{"Round", ImportUnary},
    ImporterRow{"Shape", ImportShape},
    ImporterRow{"Sigmoid", ImportSigmoid},
    ImporterRow{"Sin", ImportUnary},
    ImporterRow{"Size", ImportSize},
    ImporterRow{"Slice", ImportSlice},
    ImporterRow{"Softmax", ImportSoftmax},
    ImporterRow{"SpaceToDepth", ImportDepthToSpace},
    ImporterRow{"Split", ImportSplit},
    ImporterRow{"Sqrt", ImportUnary},
    ImporterRow{"Squeeze", ImportSqueeze},
    ImporterRow{"Sub", ImportSub},
    ImporterRow{"Sum", ImportAdd},
    ImporterRow{"Tanh", ImportTanh},
    ImporterRow{"Transpose", ImportTranspose},
    ImporterRow{"Unsqueeze", ImportUnsqueeze},
    ImporterRow{"Upsample", ImportResize},
};

// Whole families that are not read, and what to do about them.
struct Remedy {
  std::string_view prefix;
  std::string_view remedy;
};

constexpr std::array kRemedies = {
    Remedy{"QLinear", "write the quantized model with QuantizeLinear and DequantizeLinear (QDQ)"},
    Remedy{"ConvInteger",
           "write the quantized model with QuantizeLinear and DequantizeLinear (QDQ)"},
    Remedy{"MatMulInteger",
           "write the quantized model with QuantizeLinear and DequantizeLinear (QDQ)"},
    Remedy{"If", "export the model for fixed input shapes, so that it has no control flow"},
    Remedy{"Loop", "export the model for fixed input shapes, so that it has no control flow"},
    Remedy{"Scan", "export the model for fixed input shapes, so that it has no control flow"},
};

}  // namespace

Made ImportNode(NodeContext& c) {
  const std::string& domain = c.node().domain();
  if (!domain.empty() && domain != "ai.onnx") {
    return Fail(ErrorCode::kUnsupported, "the operator is of the domain '", domain,
                "'; those of ONNX itself are read: export the model without it");
  }
  for (const ImporterRow& row : kImporters) {
    if (c.Is(row.op)) return row.import(c);
  }
  for (const Remedy& r : kRemedies) {
    if (c.node().op_type().starts_with(r.prefix)) {
      return Fail(ErrorCode::kUnsupported, "the operator is not supported; ", r.remedy);
    }
  }
  std::vector<std::string> names;
  names.reserve(kImporters.size());
  for (const ImporterRow& row : kImporters) names.emplace_back(row.op);
  return Fail(ErrorCode::kUnsupported, "the operator is not supported; supported are ",
              base::Join(names, ", "));
}

}  // namespace goldcrest::formats::onnx
