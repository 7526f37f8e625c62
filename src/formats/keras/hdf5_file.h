// An HDF5 file read by libhdf5 in a child process. libhdf5 1.10 crashes, hangs or asks for
// gigabytes on some damaged files; here all of these are one error.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/child_process.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace goldcrest::formats::keras {

class Hdf5File {
 public:
  // The bytes must outlive the object.
  static Result<Hdf5File> Open(std::span<const std::byte> file);
  // Answered by a child that somebody else started, about a file of that size.
  Hdf5File(base::ChildProcess child, uint64_t file_bytes)
      : child_(std::move(child)), file_bytes_(file_bytes) {}

  bool HasGroup(const std::string& path) const;
  bool HasAttribute(const std::string& path, const std::string& name) const;
  // A string, of fixed or variable length.
  Result<std::string> Text(const std::string& path, const std::string& attribute) const;
  // A list of strings; empty where the list is empty, whatever its type.
  Result<std::vector<std::string>> Texts(const std::string& path,
                                         const std::string& attribute) const;
  // The same, in several attributes name0, name1, … where Keras splits a list that is too long for
  // one.
  Result<std::vector<std::string>> SplitTexts(const std::string& path,
                                              const std::string& attribute) const;
  // A data set of floating-point numbers, converted to float32.
  Result<tensor::Tensor> Floats(const std::string& path) const;

 private:
  mutable base::ChildProcess child_;
  uint64_t file_bytes_;
};

}  // namespace goldcrest::formats::keras
