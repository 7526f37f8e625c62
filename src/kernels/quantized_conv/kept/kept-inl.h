// The convolution of integers whose windows have few elements: the weights of a panel stay in
// registers while pixels go by, a few of which become four vectors of sums and then bytes. Nothing
// waits for a tile's end, so that the processor multiplies for the next pixels while it rounds
// these. Included after quantized_conv-inl.h, in the same way.

// Windows gathered at once.
constexpr int64_t kMostPixels = 56;

// A panel of kVectors vectors, for pixels whose windows of `groups` groups, kGroups at most, lie
// side by side at `a`.
template <int kGroups, int kVectors>
void SumKept(const Dot::Element* a, int64_t groups, const std::byte* panel, ByteRequantizer out,
             Results to) {
  constexpr int64_t kWidth = Int::kLanes * kVectors;
  constexpr int kAtOnce = 4 / kVectors;
  const auto* head = reinterpret_cast<const int32_t*>(panel);
  const auto* scales = reinterpret_cast<const float*>(head + kWidth);
  const Int bias[] = {Int::Load(head), Int::Load(head + (kVectors - 1) * Int::kLanes)};
  const auto first = ByteRequantizer::LoadScale(scales);
  const auto second = ByteRequantizer::LoadScale(scales + (kVectors - 1) * Int::kLanes);
  const auto* weights = reinterpret_cast<const Dot::Weight*>(panel + kWidth * kPanelHeadBytes);
  // Groups that are not there are multiplied by zero.
  Dot::Vector kept[kGroups][kVectors];
#pragma GCC unroll 8
  for (int g = 0; g < kGroups; ++g) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      kept[g][v] = g < groups ? Dot::Load(weights + (g * kVectors + v) * Int::kLanes * Dot::kGroup)
                              : Dot::Vector{};
    }
  }
  const int64_t stride = groups * Dot::kGroup;
  const int64_t step = kAtOnce * to.stride;
  for (; to.rows > 0; to.rows -= kAtOnce, to.y += step, a += kAtOnce * stride) {
    Int sums[kAtOnce][kVectors];
#pragma GCC unroll 4
    for (int i = 0; i < kAtOnce; ++i) {
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) sums[i][v] = bias[v];
    }
#pragma GCC unroll 8
    for (int g = 0; g < kGroups; ++g) {
#pragma GCC unroll 4
      for (int i = 0; i < kAtOnce; ++i) {
        const auto input = Dot::Broadcast(a + i * stride + g * Dot::kGroup);
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) sums[i][v] = Dot::Add(sums[i][v], input, kept[g][v]);
      }
    }
    StoreRows<kVectors, kAtOnce, 0>(out, sums, first, second, to);
  }
}

template <int kVectors>
constexpr auto SumKeptOf(int64_t groups) {
  constexpr bool kMany = kVectors * Int::kLanes >= 16;  // channels
  if (kMany && groups <= 4) return SumKept < kMany ? 4 : 8, kVectors > ;
  return kVectors == 2 && groups <= 6 ? SumKept<6, 2> : SumKept<8, kVectors>;
}

// A panel is whole, or has one vector.
template <int kVectors>
void RunKept(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
             const Block& block) {
  constexpr int64_t kWidth = Int::kLanes * kVectors;
  const Window& window = params.window;
  const int64_t depth = window.kernel_h * window.kernel_w * params.in_channels;
  const int64_t groups = (depth + Dot::kGroup - 1) / Dot::kGroup;
  const int64_t stride = groups * Dot::kGroup;
  const ByteRequantizer requantizer(params.layer);
  Gatherer<std::byte> gatherer(params, x, block.first_pixel);
  // Pixels and groups that are not there are read too.
  alignas(64) Dot::Element gathered[(kMostPixels + 4) * kMostKeptDepth + Dot::kChunk];
  for (int64_t pixel = block.first_pixel, count = 0; pixel < block.last_pixel; pixel += count) {
    const int64_t left = block.last_pixel - pixel;
    count = left < kMostPixels ? left : kMostPixels;
    gatherer.Next(count, stride, gathered);
    for (int64_t panel = block.first_panel; panel < block.last_panel; ++panel) {
      const int64_t channel = panel * kWidth;
      const int64_t columns = params.out_channels - channel;
      const bool narrow = columns <= kWidth - Int::kLanes || kVectors == 1;
      (narrow ? SumKeptOf<1>(groups) : SumKeptOf<kVectors>(groups))(
          gathered, groups, packed + channel * (kPanelHeadBytes + stride), requantizer,
          {y + pixel * params.out_channels + channel, params.out_channels, count, columns});
    }
  }
}
