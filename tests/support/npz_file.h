// NumPy's .npz files of the reference data, unpacked by Python: the tests of the deployment library
// have no zip library.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/tensor.h"

namespace goldcrest::testing {

class NpzFile {
 public:
  explicit NpzFile(const std::string& path);  // which must be readable

  std::vector<std::string> names() const;  // without ".npy"
  Result<tensor::Tensor> Read(const std::string& name) const;

 private:
  std::map<std::string, std::string> arrays_;  // .npy files, by name
};

}  // namespace goldcrest::testing
