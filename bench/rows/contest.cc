#include "rows/contest.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/strings.h"

namespace goldcrest::bench {
namespace {

uint32_t Next(uint32_t& state) { return state = state * 1664525 + 1013904223; }

}  // namespace

std::vector<float> NoiseFloats(int64_t count) {
  std::vector<float> floats(static_cast<size_t>(count));
  uint32_t state = 1;
  for (float& x : floats) x = static_cast<float>(Next(state) >> 8) / (1 << 23) - 1;
  return floats;
}

std::vector<std::byte> NoiseBytes(int64_t count) {
  std::vector<std::byte> bytes(static_cast<size_t>(count));
  uint32_t state = 1;
  for (std::byte& x : bytes) x = static_cast<std::byte>(Next(state) >> 24);
  return bytes;
}

bool Contest::IsRight(const Layer& layer, std::string_view row, std::span<const std::byte> expected,
                      const Answer& answer) {
  if (std::ranges::equal(expected, answer.bytes)) return true;
  if (answer.floats) {
    const auto count = answer.bytes.size() / sizeof(float);
    const std::span a(reinterpret_cast<const float*>(expected.data()), count);
    const std::span b(reinterpret_cast<const float*>(answer.bytes.data()), count);
    double largest = 0;
    double furthest = 0;
    for (size_t i = 0; i < count; ++i) {
      largest = std::max(largest, std::abs(double{a[i]}));
      // A NaN is further than anything.
      const double distance = std::abs(double{a[i]} - double{b[i]});
      furthest = distance <= furthest ? furthest : distance;
    }
    if (furthest <= answer.tolerance * largest) return true;
  }
  status_ =
      Fail(ErrorCode::kInvalid, row, " computes ", layer.text, " otherwise than the reference");
  return false;
}

void Contest::Print(const Layer& layer, std::string_view row, base::Isa isa, bool chosen,
                    const roofline::Work& work, double seconds) {
  if (rooflines_.empty()) {
    std::puts(
        "| layer | networks | row | us | GFLOP/s, GOP/s | limit | of limit |\n"
        "|---|---|---|---|---|---|---|");
  }
  if (!rooflines_.contains(isa)) rooflines_[isa] = roofline::Measure(isa, 1);
  const roofline::Limit limit = roofline::LimitOf(rooflines_[isa], work);
  const double operations = 2 * static_cast<double>(work.multiply_adds);
  const std::string rate = operations > 0 ? base::Fixed(operations / seconds / 1e9, 1) : "";
  std::puts(base::Cat("| ", layer.text, " | ", layer.networks, " | ", row, chosen ? " *" : "",
                      " | ", base::Fixed(seconds * 1e6, 2), " | ", rate, " | ",
                      limit.by_memory ? "memory" : "arithmetic", " | ",
                      base::Fixed(limit.seconds / seconds * 100, 0), " % |")
                .c_str());
  std::fflush(stdout);
}

}  // namespace goldcrest::bench
