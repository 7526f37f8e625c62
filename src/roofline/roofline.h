// What this machine can do at best: multiply-adds a second, and bytes a second from and to memory
// of several sizes, measured. No computation is faster than the slowest of what it must do (the
// "roofline" of Williams, Waterman and Patterson, 2009).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/cpu_features.h"

namespace goldcrest::roofline {

// What is multiplied.
enum class Factors : uint8_t {
  kFloat32,
  kBfloat16,  // in pairs, where the instruction set does that, else as float32
  kInt8,      // exactly, the quickest way that the instruction set has
};
inline constexpr size_t kFactorsCount = 3;

struct Bandwidth {
  size_t size = 0;        // of the memory that is read or written again and again
  double read_per_s = 0;  // bytes
  double written_per_s = 0;
};

struct Roofline {
  std::array<double, kFactorsCount> multiply_adds_per_s{};  // by Factors
  std::vector<Bandwidth> memory;                            // by rising size

  double rate(Factors factors) const { return multiply_adds_per_s[static_cast<size_t>(factors)]; }
};

// With the instructions that kernels of `isa` use, `threads` of them at once; some 40 ms. What else
// the machine does meanwhile makes it lower than it is.
Roofline Measure(base::Isa isa, int threads);

// What a computation must do at least.
struct Work {
  int64_t multiply_adds = 0;
  Factors factors = Factors::kFloat32;
  int64_t bytes_read = 0;  // each byte once, out of the smallest memory that holds all of them
  int64_t bytes_written = 0;
};

struct Limit {
  double seconds = 0;
  bool by_memory = false;  // rather than by arithmetic
};

// The time that `work` takes where arithmetic, reading and writing all go on at once, each as fast
// as it can.
Limit LimitOf(const Roofline& roofline, const Work& work);

}  // namespace goldcrest::roofline
