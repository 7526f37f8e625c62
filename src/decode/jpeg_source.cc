#include "decode/jpeg_source.h"

#include <jerror.h>

#include <algorithm>

#include "decode/decode.h"

namespace goldcrest::decode {
namespace {

JpegSource& SourceOf(j_decompress_ptr info) { return *static_cast<JpegSource*>(info->client_data); }

void Nothing(j_decompress_ptr) {}

// libjpeg keeps nothing of a slice that it has read to the end.
boolean NextSlice(j_decompress_ptr info) {
  JpegSource& source = SourceOf(info);
  if (source.done_with && !source.slice.empty()) source.done_with(source.slice);
  source.slice = {};
  if (source.left.empty()) {
    WARNMS(info, JWRN_JPEG_EOF);  // ours does not return
    return FALSE;
  }
  source.slice = source.left.first(std::min(source.left.size(), kDoneWithBytes));
  source.left = source.left.subspan(source.slice.size());
  source.base.next_input_byte = reinterpret_cast<const JOCTET*>(source.slice.data());
  source.base.bytes_in_buffer = source.slice.size();
  return TRUE;
}

void Skip(j_decompress_ptr info, long count) {
  jpeg_source_mgr& base = *info->src;
  auto left = static_cast<size_t>(std::max(count, 0L));
  while (left > base.bytes_in_buffer) {
    left -= base.bytes_in_buffer;
    base.bytes_in_buffer = 0;
    if (NextSlice(info) == FALSE) return;
  }
  base.next_input_byte += left;
  base.bytes_in_buffer -= left;
}

}  // namespace

void AttachSource(JpegSource& source, std::span<const std::byte> file,
                  jpeg_decompress_struct& info) {
  source.left = file;
  source.base.init_source = Nothing;
  source.base.fill_input_buffer = NextSlice;
  source.base.skip_input_data = Skip;
  source.base.resync_to_restart = jpeg_resync_to_restart;
  source.base.term_source = Nothing;
  info.src = &source.base;
  info.client_data = &source;
}

}  // namespace goldcrest::decode
