// Quantization a vector Int at a time. Included inside the anonymous namespace of a file compiled
// for one instruction set, after that of Int.

void Run(const Params& params, const float* x, std::byte* y, int64_t first, int64_t last) {
  const bool unsigned_bytes = params.dtype == tensor::DType::kUInt8;
  const int32_t low = unsigned_bytes ? 0 : -128;
  const Int zero = Int::Broadcast(params.zero_point);
  const Int lowest = Int::Broadcast(low - params.zero_point);
  const Int highest = Int::Broadcast(low + 255 - params.zero_point);
  const Int::Rounder rounder(params.scale, params.ties_to_even, lowest, highest);
  int64_t i = first;
  for (; i + Int::kLanes <= last; i += Int::kLanes) {
    (rounder(x + i) + zero).StoreBytes(y + i);
  }
  if (i == last) return;
  float rest[Int::kLanes] = {};
  std::byte bytes[Int::kLanes];
  for (int64_t k = i; k < last; ++k) rest[k - i] = x[k];
  (rounder(rest) + zero).StoreBytes(bytes);
  for (int64_t k = i; k < last; ++k) y[k] = bytes[k - i];
}
