// The legacy layout of weights: a group a layer, whose attribute weight_names lists its data sets.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/keras/hdf5_file.h"
#include "formats/keras/weights.h"

namespace goldcrest::formats::keras {

// Weights by the names of layers. The weights of a model inside of the model are in the group of
// the outermost.
class LegacyWeights : public WeightSource {
 public:
  // `root` is the group that holds the layers' groups. The file outlives the object.
  LegacyWeights(const Hdf5File& file, std::string root) : file_(file), root_(std::move(root)) {}

  Result<tensor::Tensor> Get(LayerPath layer, std::initializer_list<std::string_view> names,
                             size_t ordinal) const override;

  // The data sets of a layer's group, in Keras' order, as paths from the file's root.
  Result<std::vector<std::string>> DataSets(const std::string& layer) const;

 private:
  const Hdf5File& file_;
  std::string root_;
  mutable std::map<std::string, std::vector<std::string>> stored_;  // by layer
};

}  // namespace goldcrest::formats::keras
