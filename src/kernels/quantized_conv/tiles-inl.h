// The convolution of bytes over tile registers, 32 pixels by 32 output channels. Included inside
// the anonymous namespace of a file compiled for AMX, after a struct Tiles of its registers.
//
// Bytes are multiplied with the sign that they have, as they lie where a window is one pixel: what
// a tile reads beyond a pixel is multiplied by weights of zero. Other windows, and the last pixels,
// are gathered.
#include "kernels/int_avx512.h"

#include "kernels/pack_bytes_avx512.h"

#include "kernels/requantize_bytes-inl.h"

#include "kernels/tiles-inl.h"

constexpr int64_t kTilePixels = 2 * kTileRows;
constexpr int64_t kTileChannels = 32;

// `count` bytes, or as many of `zero` where there is nothing to copy.
void CopyTap(const std::byte* from, int64_t count, char zero, std::byte* to) {
  for (; count > 0; count -= 64, to += 64) {
    const __mmask64 mask = count < 64 ? (__mmask64{1} << count) - 1 : ~__mmask64{0};
    __m512i bytes = _mm512_set1_epi8(zero);
    if (from != nullptr) {
      bytes = _mm512_maskz_loadu_epi8(mask, from);
      from += 64;
    }
    _mm512_mask_storeu_epi8(to, mask, bytes);
  }
}

// Sums of whole rows as bytes, the first `columns` of each.
void StoreTileBytes(const ByteRequantizer& out, const int32_t* sums, const float* scales,
                    int64_t rows, int64_t columns, int64_t stride, std::byte* y) {
  const auto first = ByteRequantizer::LoadScale(scales);
  const auto second = ByteRequantizer::LoadScale(scales + Int::kLanes);
  for (; rows > 0; rows -= 2, sums += 2 * kTileChannels, y += 2 * stride) {
    const auto bytes = out.InOrder(Int::Load(sums), first, Int::Load(sums + 16), second,
                                   Int::Load(sums + 32), first, Int::Load(sums + 48), second);
    if (columns >= kTileChannels) {
      ByteRequantizer::Store<kTileChannels, 0>(bytes, y);
      if (rows > 1) ByteRequantizer::Store<kTileChannels, 1>(bytes, y + stride);
    } else {
      ByteRequantizer::StoreFew<kTileChannels, 0>(bytes, columns, y);
      if (rows > 1) ByteRequantizer::StoreFew<kTileChannels, 1>(bytes, columns, y + stride);
    }
  }
}

void RunTiles(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
              const Block& block) {
  const Window& a = params.window;
  const int64_t depth = a.kernel_h * a.kernel_w * params.in_channels;
  const int64_t blocks = (depth + kTileBytes - 1) / kTileBytes;
  const int64_t panel_bytes = kTileChannels * (kPanelHeadBytes + blocks * kTileBytes);
  const bool in_place = a.kernel_h * a.kernel_w == 1 && a.stride_h * a.stride_w == 1 &&
                        a.pad_top == 0 && a.pad_left == 0 && a.out_w == a.in_w && a.out_h == a.in_h;
  const Requantization& requantization = params.layer.requantization;
  const int64_t result_bytes =
      requantization.rounding == Rounding::kToReals ? int64_t{sizeof(float)} : 1;
  const ByteRequantizer requantizer(params.layer);
  const bool fused = ByteRequantizer::Takes(params.layer);
  const auto multiply = params.layer.input == tensor::DType::kInt8
                            ? MultiplyTiles<Tiles::SignedBytes>
                            : MultiplyTiles<Tiles::UnsignedBytes>;
  const auto zero = static_cast<char>(params.layer.input_zero);
  // The pixels from which a tile's row reads nothing beyond the picture's end. Those behind the
  // block's may be in no memory.
  const int64_t size = a.batch * a.in_h * a.in_w * params.in_channels;
  const int64_t in_picture = in_place ? (size - blocks * kTileBytes) / depth + 1 : 0;
  const int64_t readable = in_picture < block.last_pixel ? in_picture : block.last_pixel;
  // An odd number of lines of the cache, so that rows share no sets.
  const int64_t stride = (blocks | 1) * kTileBytes;
  alignas(64) std::byte gathered[kTilePixels * (kMostTileDepth + kTileBytes)];
  alignas(64) int32_t sums[kTilePixels * kTileChannels];
  Tiles::Configure(&kWholeTiles);
  for (int64_t pixel = block.first_pixel, count = 0; pixel < block.last_pixel; pixel += count) {
    const int64_t left = block.last_pixel - pixel;
    count = left < kTilePixels ? left : kTilePixels;
    const bool tall = count > kTileRows;
    TileRows rows = {x + pixel * depth, depth, blocks};
    if (pixel + (tall ? kTilePixels : kTileRows) > readable) {
      rows = {gathered, stride, blocks};
      for (int64_t r = 0; r < count; ++r) {
        WalkWindow(params, x, pixel + r, [&](const std::byte* from, int64_t at) {
          CopyTap(from, params.in_channels, zero, gathered + r * stride + at);
        });
      }
    }
    for (int64_t panel = block.first_panel; panel < block.last_panel; ++panel) {
      const int64_t channel = panel * kTileChannels;
      const int64_t columns = params.out_channels - channel;
      const bool wide = columns > Int::kLanes;
      const int64_t width = wide ? kTileChannels : Int::kLanes;
      const std::byte* head = packed + panel * panel_bytes;
      std::byte* to = y + (pixel * params.out_channels + channel) * result_bytes;
      multiply(rows, tall, wide, head, head + width * kPanelHeadBytes, sums);
      if (fused && wide) {
        StoreTileBytes(requantizer, sums, reinterpret_cast<const float*>(head) + width, count,
                       columns, params.out_channels, to);
        continue;
      }
      RequantizeSumsAvx512(requantization,
                           {.sums = sums,
                            .rows = count,
                            .width = width,
                            .head = reinterpret_cast<const int32_t*>(head),
                            .stride = params.out_channels,
                            .columns = columns},
                           to);
    }
  }
  Tiles::Release();
}
