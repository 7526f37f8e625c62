// What the networks are made of: one layer a call, named as Keras names it.
#pragma once

#include <string>
#include <string_view>

#include "architectures/architectures.h"

namespace goldcrest::architectures {

// The number of channels nearest to `channels` that 8 divides, at least 8 and no more than 10 %
// below.
int64_t Divisible(double channels);

// A network being built; `x` is a value that has been made.
class Blocks {
 public:
  using Value = graph::ValueId;

  // `momentum` is that of all batch normalizations.
  Blocks(std::string name, double momentum) : momentum_(momentum) { graph_.name = std::move(name); }

  Value Input(int64_t size);
  Value Rescale(Value x, const std::string& name, double scale, double offset);
  // No activation; SAME padding.
  Value Convolution(Value x, const std::string& name, int64_t channels, int64_t kernel,
                    int64_t stride, bool bias);
  // Strides of 2 pad explicitly, the odd zero at the end, as Keras' networks do.
  Value Depthwise(Value x, const std::string& name, const std::string& pad_name, int64_t kernel,
                  int64_t stride);
  // Named with "/linear" behind: the activation has the layer's name.
  Value Dense(Value x, const std::string& name, int64_t units);
  Value Normalize(Value x, const std::string& name);
  Value Activate(Value x, const std::string& name, graph::Activation activation);
  // x · relu6(x + 3) / 6.
  Value HardSwish(Value x, const std::string& name);
  // relu6(x + 3) / 6.
  Value HardSigmoid(Value x, const std::string& name);
  Value Add(Value a, Value b, const std::string& name);
  Value Multiply(Value a, Value b, const std::string& name);
  Value GlobalAverage(Value x, const std::string& name, bool keep_dims);
  Value Dropout(Value x, const std::string& name, double rate);
  Value Flatten(Value x, const std::string& name);
  Value Softmax(Value x, const std::string& name);

  int64_t Channels(Value x) const { return graph_.value(x).shape.back(); }
  const tensor::Shape& Shape(Value x) const { return graph_.value(x).shape; }

  // The finished network with this output.
  Result<graph::Graph> Take(Value output, tensor::NormalizationKind normalization) &&;

 private:
  Value Constant(const std::string& name, tensor::Shape shape, float element);
  Value Append(graph::Op op, std::vector<Value> inputs, const std::string& name);

  double momentum_;
  graph::Graph graph_;
  Status status_;  // the first error
};

// The networks.
Result<graph::Graph> BuildV1(const Options& options);
Result<graph::Graph> BuildV2(const Options& options);
enum class V3Size : uint8_t { kSmall, kLarge };
Result<graph::Graph> BuildV3(V3Size size, bool minimalistic, const Options& options);

}  // namespace goldcrest::architectures
