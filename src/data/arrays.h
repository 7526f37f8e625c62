// NumPy arrays as data sets. The first dimension counts the samples.
//
// uint8 of [N, height, width, 3], [N, height, width, 1] or [N, height, width] are pictures (and
// tensors too, for models that take such bytes); anything else is tensors as a model takes them. Of
// an .npz the array is the one with most dimensions, if no other has as many, or the one that is
// called x, data or images; labels are integers [N] called label, labels or y.
//
// A .npy file is read as it is needed; an .npz's array is unpacked into memory.
#pragma once

#include <memory>
#include <span>

#include "base/file.h"
#include "data/data_set.h"

namespace goldcrest::data {

bool SniffArrays(std::span<const std::byte> file);

Result<std::unique_ptr<DataSet>> OpenArrays(const std::string& path,
                                            std::shared_ptr<const base::MappedFile> file);

}  // namespace goldcrest::data
