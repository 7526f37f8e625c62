#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

Made AddFunction(NodeContext& c, graph::Op op) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const graph::ValueId x, c.Value(0));
  return c.Add(std::move(op), {x});
}

}  // namespace

Made ImportRelu(NodeContext& c) {
  return AddFunction(c, graph::Activate{graph::Activation::kRelu});
}

Made ImportRelu6(NodeContext& c) {
  return AddFunction(c, graph::Activate{graph::Activation::kRelu6});
}

Made ImportLeakyRelu(NodeContext& c) {
  GOLDCREST_TRY(const double alpha, c.attributes().Number("alpha", 0.2));
  return AddFunction(c, graph::LeakyRelu{alpha});
}

Made ImportSigmoid(NodeContext& c) { return AddFunction(c, graph::Logistic{}); }
Made ImportTanh(NodeContext& c) { return AddFunction(c, graph::Tanh{}); }
Made ImportSoftmax(NodeContext& c) { return AddFunction(c, graph::Softmax{}); }

}  // namespace goldcrest::formats::tensorflow
