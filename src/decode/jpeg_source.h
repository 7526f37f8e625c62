// The bytes of a file as libjpeg's source, a slice at a time.
#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <span>
// jpeglib.h needs stdio.h before it.
#include <jpeglib.h>

namespace goldcrest::decode {

// Owned beside the decoder that reads from it.
struct JpegSource {
  jpeg_source_mgr base{};
  std::span<const std::byte> slice;                           // what libjpeg has in hand
  std::span<const std::byte> left;                            // what comes after it
  std::function<void(std::span<const std::byte>)> done_with;  // see Options
};

// Makes `file` what `info` reads, its client_data being the source; a file that ends too early is
// libjpeg's warning JWRN_JPEG_EOF.
void AttachSource(JpegSource& source, std::span<const std::byte> file,
                  jpeg_decompress_struct& info);

}  // namespace goldcrest::decode
