#include "formats/keras/layers.h"

#include <algorithm>
#include <array>

#include "formats/keras/layer_context.h"

namespace goldcrest::formats::keras {
namespace {

struct Row {
  std::string_view class_name;
  Added (*add)(Context& context);
};

constexpr std::array kRows = {
    Row{"Activation", AddActivation},
    Row{"ActivityRegularization", AddTrainingOnly},
    Row{"Add", AddAdd},
    Row{"AlphaDropout", AddDropout},
    Row{"AveragePooling2D", AddAveragePooling2D},
    Row{"BatchNormalization", AddBatchNormalization},
    Row{"Concatenate", AddConcatenate},
    Row{"Conv2D", AddConv2D},
    Row{"Dense", AddDense},
    Row{"DepthwiseConv2D", AddDepthwiseConv2D},
    Row{"Divide", AddDivide},
    Row{"Dropout", AddDropout},
    Row{"Flatten", AddFlatten},
    Row{"GaussianDropout", AddDropout},
    Row{"GaussianNoise", AddTrainingOnly},
    Row{"GlobalAveragePooling2D", AddGlobalAveragePooling2D},
    Row{"GlobalMaxPooling2D", AddGlobalMaxPooling2D},
    Row{"HardSigmoid", AddFunction},
    Row{"HardSilu", AddFunction},
    Row{"LeakyReLU", AddLeakyReLU},
    Row{"MaxPooling2D", AddMaxPooling2D},
    Row{"Multiply", AddMultiply},
    Row{"Normalization", AddNormalization},
    Row{"RandomBrightness", AddTrainingOnly},
    Row{"RandomContrast", AddTrainingOnly},
    Row{"RandomFlip", AddTrainingOnly},
    Row{"RandomHue", AddTrainingOnly},
    Row{"RandomRotation", AddTrainingOnly},
    Row{"RandomSaturation", AddTrainingOnly},
    Row{"RandomShear", AddTrainingOnly},
    Row{"RandomTranslation", AddTrainingOnly},
    Row{"RandomZoom", AddTrainingOnly},
    Row{"ReLU", AddReLU},
    Row{"Relu", AddFunction},
    Row{"Relu6", AddFunction},
    Row{"Rescaling", AddRescaling},
    Row{"Reshape", AddReshape},
    Row{"SeparableConv2D", AddSeparableConv2D},
    Row{"Sigmoid", AddFunction},
    Row{"Silu", AddFunction},
    Row{"Softmax", AddSoftmax},
    Row{"SpatialDropout2D", AddDropout},
    Row{"Subtract", AddSubtract},
    Row{"TFOpLambda", AddTensorFlowFunction},
    Row{"Tanh", AddFunction},
    Row{"TensorFlowOpLayer", AddTensorFlowNode},
    Row{"TrueDivide", AddDivide},
    Row{"ZeroPadding2D", AddZeroPadding2D},
};

}  // namespace

Result<graph::ValueId> AddLayer(const Layer& layer, ModelContext& model) {
  const auto* row = std::ranges::find(kRows, layer.class_name, &Row::class_name);
  if (row == kRows.end()) {
    std::string names = "InputLayer";
    for (const Row& known : kRows) names += base::Cat(", ", known.class_name);
    return Unsupported("layers of class ", layer.class_name, " are not supported; supported are ",
                       names);
  }
  Context context{layer, model};
  return row->add(context);
}

}  // namespace goldcrest::formats::keras
