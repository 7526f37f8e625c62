// Small Keras .h5 files, written with libhdf5.
#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

namespace goldcrest::testing {

struct H5Weight {
  std::string layer;
  std::string name;  // "conv/kernel:0"
  std::vector<hsize_t> shape;
  std::vector<float> elements;
};

// The legacy layout: attribute model_config (of fixed or variable length), groups of weights.
void WriteH5(const std::string& path, const std::string& model_config,
             const std::vector<H5Weight>& weights, bool variable_length);

// Puts each text of a list of two into an attribute of its own, name0 and name1, as Keras does with
// lists that are too long for one.
void SplitAttribute(const std::string& path, const std::string& group, const std::string& name);

}  // namespace goldcrest::testing
