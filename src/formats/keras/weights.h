// Where a layer's weights come from; the layers do not know which of Keras' files they are read
// from.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tensor/tensor.h"

namespace goldcrest::formats::keras {

// The names of the models that a layer lies in, outermost first, and its own; the model that the
// file holds is not named.
using LayerPath = std::span<const std::string>;

class WeightSource {
 public:
  virtual ~WeightSource() = default;
  // The layer's weight of one of these names ("kernel", or "depthwise_kernel" of older files),
  // which is its `ordinal`th in the order in which Keras makes them: some files know names, some
  // only the order.
  virtual Result<tensor::Tensor> Get(LayerPath layer, std::initializer_list<std::string_view> names,
                                     size_t ordinal) const = 0;
};

}  // namespace goldcrest::formats::keras
