// How the kernels that walk columns pack a depthwise layer of bytes: 3x3 and 5x5 windows, sums that
// become bytes in registers.
//
// Channels are computed 64 at a time, and the last 32 where no more are left; the last panel shares
// channels with the one before. Four bytes of a channel, of different rows, are interleaved within
// each 16 bytes of a register, so that four registers hold a panel's channels in another order:
// lane i of quarter q of register r has channel 16q + 4r + i. Packed are, in that order and for
// each panel, its head (quantized_layer.h) and the weights by fours.
#pragma once

#include <cstddef>
#include <cstdint>

namespace goldcrest::kernels::quantized_depthwise {

// Of the panel that begins with channel `done`, or a few before.
constexpr int64_t ColumnsWidth(int64_t channels, int64_t done) {
  return channels >= 64 && channels - done > 32 ? 64 : 32;
}

// Where lane `i` of a panel's `width` in all has its channel.
constexpr int64_t WovenChannel(int64_t width, int64_t i) {
  const int64_t lanes = width / 4;  // of a register
  return i % lanes / 4 * 16 + i / lanes * 4 + i % 4;
}

// Four bytes of weights of each channel: those of each column's first three or four rows; and of a
// window of five, its last row's columns but the first, then that.
constexpr int64_t ColumnsGroups(int64_t kernel) { return kernel == 3 ? 3 : 7; }

struct WeightPlace {
  int64_t group, byte;
};

// Of row u and column v. The last row's first column lies among the columns that were the last four
// of the output before.
constexpr WeightPlace ColumnsPlace(int64_t u, int64_t v, int64_t stride) {
  if (u < 4) return {v, u};
  return v == 0 ? WeightPlace{6, stride - 1} : WeightPlace{5, v - 1};
}

// What an output row reads.
struct Line {
  const std::byte* rows[5];  // of the window: the panel's channels in the picture's first column
  int64_t steps[5];          // to the next column, in bytes; 0 where a row lies outside
  int64_t left;              // the first column of the first output's window
  int64_t columns;           // of the picture
  std::byte zero, sign;      // what lies outside; what turns bytes into unsigned ones
};

}  // namespace goldcrest::kernels::quantized_depthwise
