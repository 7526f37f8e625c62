// Samples → input tensors.
#pragma once

#include <optional>
#include <vector>

#include "data/data_set.h"
#include "image/preprocess.h"
#include "tensor/quantization.h"

namespace goldcrest::data {

// What is said of the model's input beside its type and shape.
struct InputDescription {
  std::optional<tensor::InputContract> contract;  // absent: the model takes no pictures
  tensor::Quantization quantization;
  int64_t most_pixels = decode::Options().most_pixels;
  decode::Precision precision = decode::Precision::kExact;
};

// Floats into an input of floats, or of integers by its scale and zero point.
Status FillInput(std::span<const float> values, const tensor::Quantization& quantization,
                 tensor::MutableTensorView input);

// For one thread; several may read the same set.
class InputReader {
 public:
  // The set must outlive the reader. An error where it holds pictures and the model says nothing of
  // them.
  static Result<InputReader> Create(const DataSet& set, InputDescription input);

  // Fills `out`, a model's whole input, with sample i. Pictures go through the input contract;
  // those of an array, or of CIFAR-10, that have the contract's size already are taken whole.
  // Tensors are copied where they have the input's type, and quantized where they are float32 and
  // the input is of integers with a scale; their shape is that of the input without its batch
  // dimension. Errors name the sample.
  Status Read(int64_t i, tensor::MutableTensorView out);

  // Pictures of the set are taken whole, whatever crop the contract has.
  bool takes_whole() const { return takes_whole_; }

 private:
  InputReader(const DataSet& set, InputDescription input) : set_(&set), input_(std::move(input)) {}
  Status CopyArray(const tensor::TensorView& array, tensor::MutableTensorView out);

  const DataSet* set_;
  InputDescription input_;
  bool takes_whole_ = false;
  std::optional<image::Preprocessor> preprocessor_;  // none: tensors
  std::vector<float> floats_;
};

}  // namespace goldcrest::data
