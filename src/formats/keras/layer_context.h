// What the functions that add layers have in common.
#pragma once

#include <string_view>
#include <vector>

#include "formats/keras/config.h"
#include "formats/keras/layers.h"

namespace goldcrest::formats::keras {

// A layer being added, with where its weights are and where its nodes go.
struct Context {
  const Layer& layer;
  ModelContext& model;
  size_t weights_taken = 0;  // so far

  const nlohmann::json& config() const { return layer.config; }
  graph::ValueId input(size_t i = 0) const { return layer.inputs[i]; }
  const tensor::Shape& shape(size_t i = 0) const { return model.graph.value(input(i)).shape; }

  graph::ValueId Add(graph::Op op, std::vector<graph::ValueId> inputs,
                     std::string_view suffix = "") const {
    return model.graph.AddNode(std::move(op), std::move(inputs), base::Cat(layer.name, suffix));
  }

  // The layer's constant of that name, made by make() → Result<Tensor> at the layer's first call.
  template <class Make>
  Result<graph::ValueId> Constant(std::string_view name, const Make& make) const {
    std::string key = base::Cat(base::Join(layer.path, "\n"), "\n", name);
    if (auto made = model.constants.find(key); made != model.constants.end()) return made->second;
    GOLDCREST_TRY(tensor::Tensor tensor, make());
    tensor::Shape shape = tensor.shape();
    graph::ValueId id = model.graph.AddValue(
        {.name = base::Cat(layer.name, "/", name),
         .shape = std::move(shape),
         .constant = tensor::SharedBytes::Own(std::move(tensor).TakeBuffer())});
    model.constants.emplace(std::move(key), id);
    return id;
  }

  // A constant of one element.
  graph::ValueId Number(std::string_view name, double number) const {
    auto element = static_cast<float>(number);
    return model.graph.AddConstant(base::Cat(layer.name, "/", name), {1}, std::span(&element, 1));
  }
};

using Added = Result<graph::ValueId>;

template <class... Parts>
std::unexpected<Error> Unsupported(const Parts&... parts) {
  return Fail(ErrorCode::kUnsupported, parts...);
}

Status ExpectInputs(const Context& c, size_t count);
Status ExpectChannelsLast(const Context& c);
Result<graph::PaddingKind> ReadPadding(const Context& c);

// The layer's next weight, which has one of these names and so many dimensions.
Result<tensor::Tensor> Weight(Context& c, std::initializer_list<std::string_view> names,
                              size_t rank);

// The activation `said`, which is the name of a function or, in newer files, a layer: applied to
// `x`, the result named after the layer.
Added ApplyActivation(const Context& c, const nlohmann::json* said, graph::ValueId x);

// The same where it can be an operator's own: nothing where it cannot.
std::optional<graph::Activation> FusibleActivation(const nlohmann::json* said);

// The layer's main node with the activation that its configuration names.
template <class Op>
Added AddActivated(const Context& c, Op op, std::vector<graph::ValueId> inputs) {
  const nlohmann::json* said = Find(c.config(), "activation");
  if (std::optional<graph::Activation> fused = FusibleActivation(said)) {
    op.activation = *fused;
    return c.Add(std::move(op), std::move(inputs));
  }
  return ApplyActivation(c, said, c.Add(std::move(op), std::move(inputs), "/linear"));
}

// One for each class or group of classes; the table is in layers.cc.
Added AddConv2D(Context& c);
Added AddDepthwiseConv2D(Context& c);
Added AddSeparableConv2D(Context& c);
Added AddDense(Context& c);
Added AddBatchNormalization(Context& c);
Added AddRescaling(Context& c);
Added AddNormalization(Context& c);
Added AddActivation(Context& c);
Added AddReLU(Context& c);
Added AddLeakyReLU(Context& c);
Added AddSoftmax(Context& c);
Added AddZeroPadding2D(Context& c);
Added AddAveragePooling2D(Context& c);
Added AddMaxPooling2D(Context& c);
Added AddGlobalAveragePooling2D(Context& c);
Added AddGlobalMaxPooling2D(Context& c);
Added AddReshape(Context& c);
Added AddFlatten(Context& c);
Added AddConcatenate(Context& c);
Added AddDropout(Context& c);
Added AddTrainingOnly(Context& c);
Added AddAdd(Context& c);
Added AddSubtract(Context& c);
Added AddMultiply(Context& c);
Added AddDivide(Context& c);
Added AddFunction(Context& c);
Added AddTensorFlowFunction(Context& c);
Added AddTensorFlowNode(Context& c);

}  // namespace goldcrest::formats::keras
