// Keras 3's layout of weights: data sets layers/<class in snake case>[_k]/vars/<n>. Layers have no
// names there, only their class and their place in the model's list.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/keras/hdf5_file.h"
#include "formats/keras/weights.h"

namespace goldcrest::formats::keras {

// Gives the groups of a list of layers their names, layer by layer.
class GroupNames {
 public:
  // `parent` is "" for the file's own model, "layers/functional/" for one inside of it.
  explicit GroupNames(std::string parent) : parent_(std::move(parent)) {}
  // "layers/conv2d", then "layers/conv2d_1".
  std::string Next(std::string_view class_name);

 private:
  std::string parent_;
  std::map<std::string, int, std::less<>> used_;
};

class OrderedWeights : public WeightSource {
 public:
  // `config` is the model's description; the file outlives the object.
  OrderedWeights(const Hdf5File& file, std::string_view config);

  Result<tensor::Tensor> Get(LayerPath layer, std::initializer_list<std::string_view> names,
                             size_t ordinal) const override;

 private:
  const Hdf5File& file_;
  std::map<std::vector<std::string>, std::string> groups_;  // by path
};

}  // namespace goldcrest::formats::keras
