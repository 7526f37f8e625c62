// The loops over units of an instruction set, for inclusion in its file's anonymous namespace. A
// unit has a Vector and how many multiply-adds one call of its MultiplyAdd does.

// Sums that do not wait for each other: enough for two units with a latency of six cycles, and with
// the factors and a product no more than 16 registers hold.
constexpr int kSums = 12;

// Gives back a vector of which the compiler knows nothing.
template <class Vector>
Vector Opaque(Vector v) {
#if defined(__AVX512F__)
  asm volatile("" : "+v"(v));
#elif defined(__x86_64__)
  asm volatile("" : "+x"(v));
#elif defined(__aarch64__)
  asm volatile("" : "+w"(v));
#else
  asm volatile("" : "+m"(v));
#endif
  return v;
}

template <class Unit>
void Multiply(int64_t rounds) noexcept {
  using Vector = typename Unit::Vector;
  Vector a = Opaque(Vector{});
  const Vector b = a;
  // By name: what is in an array may stay in memory.
  Vector s0{}, s1{}, s2{}, s3{}, s4{}, s5{}, s6{}, s7{}, s8{}, s9{}, s10{}, s11{};
  auto multiply_add = [&](Vector& sum) {
    a = Opaque(a);  // so that each product is computed
    sum = Unit::MultiplyAdd(sum, a, b);
  };
  auto add_to = [&](auto&... sums) { (multiply_add(sums), ...); };
  for (int64_t round = 0; round < rounds; ++round) {
    add_to(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11);
  }
  auto use = [](auto&... sums) { (Opaque(sums), ...); };
  use(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11);
}

template <class Unit>
void Read(const std::byte* bytes, size_t size) noexcept {
  using Vector = typename Unit::Vector;
  for (size_t at = 0; at < size; at += kPiece) {
#pragma GCC unroll 32
    for (size_t i = 0; i < kPiece; i += sizeof(Vector)) {
      Vector v;
      __builtin_memcpy(&v, bytes + at + i, sizeof v);
      Opaque(v);
    }
  }
}

template <class Unit>
void Write(std::byte* bytes, size_t size) noexcept {
  const auto v = Opaque(typename Unit::Vector{});
  for (size_t at = 0; at < size; at += kPiece) {
#pragma GCC unroll 32
    for (size_t i = 0; i < kPiece; i += sizeof v) {
      __builtin_memcpy(bytes + at + i, &v, sizeof v);
    }
    asm volatile("" ::: "memory");
  }
}

template <class Unit>
constexpr Multiplication MultiplicationOf() {
  return {kSums * Unit::kMultiplyAdds, Multiply<Unit>};
}

template <class Floats, class Integers, class Bfloats = Floats>
constexpr Loops MakeLoops(base::Isa isa) {
  return {isa,
          MultiplicationOf<Floats>(),
          MultiplicationOf<Bfloats>(),
          MultiplicationOf<Integers>(),
          Read<Floats>,
          Write<Floats>};
}
