// NumPy's .npz files: zip archives of .npy arrays.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "archive/zip_reader.h"
#include "archive/zip_writer.h"
#include "base/file.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace goldcrest::archive {

// One archive, open for reading; arrays are unpacked as they are asked for.
class NpzReader {
 public:
  static Result<NpzReader> Open(const std::string& path);

  std::vector<std::string> names() const;  // without ".npy"
  Result<tensor::Tensor> Read(const std::string& name) const;

 private:
  NpzReader(std::shared_ptr<const base::MappedFile> file, ZipReader zip)
      : file_(std::move(file)), zip_(std::move(zip)) {}

  std::shared_ptr<const base::MappedFile> file_;
  ZipReader zip_;
};

// An archive of copies of the arrays that are added. The same arrays give the same bytes (entries
// carry no time).
class NpzWriter {
 public:
  Status Add(const std::string& name, const tensor::TensorView& array);
  // The archive's bytes.
  Result<std::vector<std::byte>> Finish() const;

 private:
  ZipEntries entries_;  // by file name
};

}  // namespace goldcrest::archive
