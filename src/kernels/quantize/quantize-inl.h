// Quantization a vector Int at a time. Included inside the anonymous namespace of a file compiled
// for one instruction set, after that of Int.

void Run(const Params& params, const float* x, std::byte* y, int64_t first, int64_t last) {
  const bool wide = params.dtype == tensor::DType::kInt16;
  const int32_t low = wide ? -0x8000 : params.dtype == tensor::DType::kUInt8 ? 0 : -0x80;
  const int32_t size = wide ? 2 : 1;
  const Int zero = Int::Broadcast(params.zero_point);
  const Int lowest = Int::Broadcast(low - params.zero_point);
  const Int highest = Int::Broadcast(low + (wide ? 0xFFFF : 0xFF) - params.zero_point);
  const Int::Rounder rounder(params.scale, params.ties_to_even, lowest, highest);
  const auto store = [&](const float* from, std::byte* to) {
    const Int result = rounder(from) + zero;
    if (wide) {
      result.StoreShorts(to);
    } else {
      result.StoreBytes(to);
    }
  };
  int64_t i = first;
  for (; i + Int::kLanes <= last; i += Int::kLanes) store(x + i, y + i * size);
  if (i == last) return;
  float rest[Int::kLanes] = {};
  std::byte bytes[Int::kLanes * 2];
  for (int64_t k = i; k < last; ++k) rest[k - i] = x[k];
  store(rest, bytes);
  for (int64_t k = 0; k < (last - i) * size; ++k) y[i * size + k] = bytes[k];
}
