// Files of pictures → pixels, row by row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "base/result.h"
#include "image/picture.h"
#include "image/row_source.h"
#include "tensor/input_contract.h"

namespace goldcrest::decode {

enum class Precision : uint8_t {
  kExact,
  // For pictures that are learned from: JPEGs with the fast inverse transform, colours of whole
  // blocks of pixels, and at a fraction of their size (RowSource::reduction) where enough is left
  // for the resize of Options::contract to give about the same.
  kFast,
};

struct Options {
  tensor::DctMode dct = tensor::DctMode::kAccurate;
  bool exif_orientation = true;     // else every picture counts as upright
  int64_t most_pixels = 178956970;  // refused before memory is taken; Pillow's own limit
  Precision precision = Precision::kExact;
  std::optional<tensor::InputContract> contract;  // what the picture is for, where that is known
  // Told of parts of the file that will not be read again, about a megabyte at a time: whoever
  // mapped the file may let go of their memory.
  std::function<void(std::span<const std::byte>)> done_with;
};

using Rows = Result<std::unique_ptr<image::RowSource>>;

// Whether a file begins as one that is decoded here does.
bool IsPicture(std::span<const std::byte> file);

// A picture file's rows; the content decides the format, not the name. `file` must outlive them. A
// file that is cut short or damaged is an error, of this or of a row, never a picture with a grey
// rest.
//
// Memory: a few rows, except for
// - JPEGs of several scans (all progressive ones): libjpeg keeps the coefficients of the whole
//   picture, 2 bytes for each sample. No more than the file can have written is taken (see
//   jpeg.cc).
// - interlaced PNGs: the whole picture, 3 bytes a pixel.
Rows OpenRows(std::span<const std::byte> file, const Options& options);

// The same as a whole picture, turned upright; always exact. `picture` is reused from call to call.
Status Decode(std::span<const std::byte> file, const Options& options, image::Picture& picture);

// For the decoders: an error where a picture of this size is more than the options allow, or has a
// side that no picture has.
Status CheckSize(int64_t width, int64_t height, const Options& options);

// For the decoders: how much of a file may be read before Options::done_with hears of it.
inline constexpr size_t kDoneWithBytes = 1 << 20;

}  // namespace goldcrest::decode
