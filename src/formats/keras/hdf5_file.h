// As much of HDF5 as Keras uses, over libhdf5, from memory. The file comes from a stranger: links
// out of it, virtual and external data and filters but deflate and shuffle are refused, sizes are
// checked against the file before memory is taken.
#pragma once

#include <hdf5.h>

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/tensor.h"

namespace goldcrest::formats::keras {

class Hdf5File {
 public:
  static Result<Hdf5File> Open(std::span<const std::byte> file);
  Hdf5File(Hdf5File&& other) noexcept;
  Hdf5File& operator=(Hdf5File&&) = delete;
  ~Hdf5File();

  bool HasGroup(const std::string& path) const;
  bool HasAttribute(const std::string& path, const std::string& name) const;
  // A string, of fixed or variable length.
  Result<std::string> Text(const std::string& path, const std::string& attribute) const;
  // A list of strings; empty where the list is empty, whatever its type.
  Result<std::vector<std::string>> Texts(const std::string& path,
                                         const std::string& attribute) const;
  // A data set of floating-point numbers, converted to float32.
  Result<tensor::Tensor> Floats(const std::string& path) const;

 private:
  explicit Hdf5File(hid_t file) : file_(file) {}
  Status CheckLinks(const std::string& path) const;

  hid_t file_;
};

}  // namespace goldcrest::formats::keras
