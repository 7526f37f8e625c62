#include <immintrin.h>

#include "roofline/loops.h"

namespace goldcrest::roofline {
namespace {

#include "roofline/loops-inl.h"

struct Floats {
  using Vector = __m512;
  static constexpr int64_t kMultiplyAdds = 16;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) { return _mm512_fmadd_ps(a, b, sum); }
};

// Four sums of 16 x 16, as tiles of convolutions have them.
constexpr int64_t kTileSums = int64_t{4} * 16 * 16;

struct Configuration {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
constexpr Configuration kConfiguration;

void MultiplyBytes(int64_t rounds) noexcept {
  _tile_loadconfig(&kConfiguration);
  for (int64_t round = 0; round < rounds; ++round) {
    _tile_dpbusd(0, 4, 6);
    _tile_dpbusd(1, 4, 7);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
  }
  _tile_release();
}

void MultiplyBfloats(int64_t rounds) noexcept {
  _tile_loadconfig(&kConfiguration);
  for (int64_t round = 0; round < rounds; ++round) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_release();
}

}  // namespace

constinit const Loops kAmxLoops = {.isa = base::Isa::kAmx,
                                   .floats = MultiplicationOf<Floats>(),
                                   .bfloats = {kTileSums * 32, MultiplyBfloats},
                                   .integers = {kTileSums * 64, MultiplyBytes},
                                   .read = Read<Floats>,
                                   .write = Write<Floats>};

}  // namespace goldcrest::roofline
