#include "roofline/roofline.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include "base/aligned_buffer.h"
#include "base/thread_pool.h"
#include "roofline/loops.h"

namespace goldcrest::roofline {
namespace {

// From what fits the nearest cache of any machine to more than most caches hold.
constexpr std::array<size_t, 6> kSizes = {size_t{16} << 10, size_t{128} << 10, size_t{512} << 10,
                                          size_t{2} << 20,  size_t{8} << 20,   size_t{32} << 20};
constexpr int kFewestTries = 3;
constexpr int kMostTries = 5;
constexpr double kSecondsOfTry = 2.5e-4;
constexpr double kMostSeconds = 2e-3;  // of all tries, but for the fewest

// How often a second `threads` threads together do what body(thread, times) does `times` times.
template <class Body>
double Rate(base::ThreadPool& pool, const Body& body) {
  using Clock = std::chrono::steady_clock;
  auto seconds = [&](int64_t times) {
    const Clock::time_point start = Clock::now();
    pool.ForEach(pool.threads(), [&](int64_t thread) noexcept { body(thread, times); });
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  // The first try, which may meet pages that are not there yet, only finds how often is enough.
  int64_t times = 1;
  while (times < std::numeric_limits<int32_t>::max() && seconds(times) < kSecondsOfTry / 2) {
    times *= 2;
  }
  double best = std::numeric_limits<double>::max();
  double spent = 0;
  for (int i = 0; i < kFewestTries || (i < kMostTries && spent < kMostSeconds); ++i) {
    const double one = seconds(times);
    best = std::min(best, one);
    spent += one;
  }
  return static_cast<double>(times * pool.threads()) / std::max(best, 1e-9);
}

Bandwidth MeasureBandwidth(const Loops& loops, base::ThreadPool& pool, base::AlignedBuffer& buffer,
                           size_t size) {
  const size_t part = std::max(size / static_cast<size_t>(pool.threads()) / kPiece, size_t{1}) *
                      kPiece;  // of each thread
  auto begin = [&](int64_t thread) { return buffer.data() + static_cast<size_t>(thread) * part; };
  auto read = [&](int64_t thread, int64_t times) noexcept {
    for (int64_t i = 0; i < times; ++i) loops.read(begin(thread), part);
  };
  auto write = [&](int64_t thread, int64_t times) noexcept {
    for (int64_t i = 0; i < times; ++i) loops.write(begin(thread), part);
  };
  Bandwidth result{.size = size};
  result.written_per_s = Rate(pool, write) * static_cast<double>(part);
  result.read_per_s = Rate(pool, read) * static_cast<double>(part);
  return result;
}

// Of the smallest memory that holds `bytes`; the largest stands for all that are larger still.
const Bandwidth& BandwidthFor(const Roofline& roofline, int64_t bytes) {
  auto fits = [&](const Bandwidth& one) { return static_cast<int64_t>(one.size) >= bytes; };
  auto found = std::ranges::find_if(roofline.memory, fits);
  return found == roofline.memory.end() ? roofline.memory.back() : *found;
}

}  // namespace

Roofline Measure(base::Isa isa, int threads) {
  const Loops& loops = LoopsOf(isa);
  base::ThreadPool pool(threads);
  Roofline result;
  auto measure = [&](Factors factors, const Multiplication& multiplication) {
    auto body = [&](int64_t, int64_t times) noexcept { multiplication.run(times); };
    result.multiply_adds_per_s[static_cast<size_t>(factors)] =
        static_cast<double>(multiplication.multiply_adds) * Rate(pool, body);
  };
  measure(Factors::kFloat32, loops.floats);
  measure(Factors::kInt8, loops.integers);
  measure(Factors::kBfloat16, loops.bfloats);
  base::AlignedBuffer buffer(std::max(kSizes.back(), static_cast<size_t>(threads) * kPiece));
  if (!buffer.ok()) return result;
  for (size_t size : kSizes) {
    result.memory.push_back(MeasureBandwidth(loops, pool, buffer, size));
  }
  return result;
}

Limit LimitOf(const Roofline& roofline, const Work& work) {
  const double arithmetic = static_cast<double>(work.multiply_adds) / roofline.rate(work.factors);
  double memory = 0;
  if (!roofline.memory.empty()) {
    memory = std::max(
        static_cast<double>(work.bytes_read) / BandwidthFor(roofline, work.bytes_read).read_per_s,
        static_cast<double>(work.bytes_written) /
            BandwidthFor(roofline, work.bytes_written).written_per_s);
  }
  return {.seconds = std::max(arithmetic, memory), .by_memory = memory > arithmetic};
}

}  // namespace goldcrest::roofline
