#include "graph/layer_types.h"

#include <array>

namespace goldcrest::graph {
namespace {

using tensor::DType;

struct Row {
  DType x, weights, bias;
  LayerArithmetic arithmetic;
};

constexpr std::array kRows = {
    Row{DType::kFloat32, DType::kFloat32, DType::kFloat32, LayerArithmetic::kFloat},
    Row{DType::kFloat32, DType::kInt8, DType::kFloat32, LayerArithmetic::kHybrid},
    Row{DType::kFloat32, DType::kUInt8, DType::kFloat32, LayerArithmetic::kHybrid},
    Row{DType::kUInt8, DType::kUInt8, DType::kInt32, LayerArithmetic::kUInt8},
    Row{DType::kInt8, DType::kInt8, DType::kInt32, LayerArithmetic::kInt8},
    Row{DType::kInt16, DType::kInt8, DType::kInt64, LayerArithmetic::kInt16x8},
    Row{DType::kInt16, DType::kInt8, DType::kInt32, LayerArithmetic::kInt16x8},
};

}  // namespace

Result<LayerArithmetic> LayerArithmeticOf(DType x, DType weights, std::optional<DType> bias) {
  for (const Row& row : kRows) {
    if (row.x == x && row.weights == weights && row.bias == bias.value_or(row.bias)) {
      return row.arithmetic;
    }
  }
  return Fail(ErrorCode::kInvalid, "weights of type ", NameOf(weights),
              bias ? base::Cat(" with a bias of type ", NameOf(*bias)) : "",
              " do not go with an input of type ", NameOf(x));
}

}  // namespace goldcrest::graph
