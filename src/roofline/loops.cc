#include "roofline/loops.h"

#include <array>

namespace goldcrest::roofline {
namespace {

#include "roofline/loops-inl.h"

// Four lanes, which every machine's compiler makes something of.
template <class Element>
struct Portable {
  typedef Element Vector __attribute__((vector_size(16)));
  static constexpr int64_t kMultiplyAdds = 4;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) { return sum + a * b; }
};

constexpr Loops kPortableLoops = MakeLoops<Portable<float>, Portable<int32_t>>(base::Isa::kScalar);

constexpr std::array kAll = {
    &kPortableLoops,
#if defined(__x86_64__)
    &kAvx2Loops,       &kAvxVnniLoops,    &kAvx512Loops,
    &kAvx512VnniLoops, &kAvx512Bf16Loops, &kAmxLoops,
#elif defined(__aarch64__)
    &kNeonLoops,
    &kNeonDotLoops,
    &kNeonI8mmLoops,
#endif
};

}  // namespace

std::span<const Loops* const> AllLoops() { return kAll; }

const Loops& LoopsOf(base::Isa isa) {
  const Loops* highest = kAll.front();
  for (const Loops* loops : kAll) {
    if (base::Covers(isa, loops->isa)) highest = loops;
  }
  return *highest;
}

}  // namespace goldcrest::roofline
