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

// Of attributes; what the child process answers is held to the same.
inline constexpr uint32_t kLongestText = 64 << 20;
inline constexpr uint32_t kMostTexts = 100000;

// All that the data sets of a file of this size may be together, unpacked: one stored data set may
// be linked to from many places.
constexpr uint64_t MostDataBytes(uint64_t file_bytes) {
  return (uint64_t{64} << 20) + 20 * file_bytes;
}

class Hdf5Library {
 public:
  static Result<Hdf5Library> Open(std::span<const std::byte> file);
  Hdf5Library(Hdf5Library&& other) noexcept;
  Hdf5Library& operator=(Hdf5Library&&) = delete;
  ~Hdf5Library();

  bool HasGroup(const std::string& path) const;
  bool HasAttribute(const std::string& path, const std::string& name) const;
  // Strings, of fixed or variable length: one, or a list; empty where the list is empty, whatever
  // its type.
  Result<std::vector<std::string>> Texts(const std::string& path,
                                         const std::string& attribute) const;
  // A data set of floating-point numbers, converted to float32.
  Result<tensor::Tensor> Floats(const std::string& path) const;

 private:
  Hdf5Library(hid_t file, uint64_t file_bytes) : file_(file), file_bytes_(file_bytes) {}
  Status CheckLinks(const std::string& path) const;

  hid_t file_;
  uint64_t file_bytes_;
  mutable uint64_t read_bytes_ = 0;  // of data sets, so far
};

}  // namespace goldcrest::formats::keras
