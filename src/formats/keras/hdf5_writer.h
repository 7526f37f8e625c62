// An HDF5 file made in memory, as Keras lays its own out. libhdf5 must not run in two threads at
// once, nor does this.
#pragma once

#include <hdf5.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/shape.h"

namespace goldcrest::formats::keras {

// Paths begin at the root. What is done in the same order gives the same bytes: nothing carries a
// time.
class Hdf5Writer {
 public:
  static Result<Hdf5Writer> Create();
  Hdf5Writer(Hdf5Writer&& other) noexcept;
  Hdf5Writer& operator=(Hdf5Writer&&) = delete;
  ~Hdf5Writer();

  // A group, and those that it lies in. It must not be there yet.
  Status AddGroup(const std::string& path);
  // An attribute of a group: a text of any length.
  Status AddText(const std::string& path, const std::string& name, std::string_view text);
  // A list of texts; split over name0, name1, … as Keras does where it is too long for one
  // attribute.
  Status AddTexts(const std::string& path, const std::string& name,
                  std::span<const std::string> texts);
  // A data set of float32, and the groups that it lies in.
  Status AddFloats(const std::string& path, const tensor::Shape& shape,
                   std::span<const float> elements);
  // The file's bytes.
  Result<std::vector<std::byte>> Finish() const;

 private:
  explicit Hdf5Writer(hid_t file) : file_(file) {}
  Status AddFixedTexts(const std::string& path, const std::string& name,
                       std::span<const std::string> texts, size_t longest);

  hid_t file_;
};

}  // namespace goldcrest::formats::keras
