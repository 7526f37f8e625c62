#include "backends/cpu/packed_weights.h"

#include "base/hash.h"
#include "runtime/weight_cache.h"

namespace goldcrest::backends::cpu {
namespace {

uint64_t Hash(uint64_t seed, const graph::Value& value) {
  seed = base::HashOf(seed, value.dtype);
  seed = base::Hash(seed, std::as_bytes(std::span(value.shape)));
  seed = base::Hash(seed, std::as_bytes(std::span(value.quantization.scale)));
  seed = base::Hash(seed, std::as_bytes(std::span(value.quantization.zero_point)));
  return value.constant ? base::Hash(seed, value.constant->bytes()) : seed;
}

uint64_t KeyOf(const Operands& operands, std::string_view row, const kernels::Window& window) {
  uint64_t key = base::Hash(kPackingVersion, row);
  key = base::HashOf(key, window);
  key = base::HashOf(key,
                     static_cast<uint64_t>(operands.arithmetic) << 32 | operands.node.op.index());
  for (size_t i = 0; i < operands.count(); ++i) key = Hash(key, operands.in(i));
  return Hash(key, operands.out());
}

}  // namespace

Result<tensor::SharedBytes> PackedWeights(const Operands& operands, std::string_view row,
                                          const kernels::Window& window, int64_t size,
                                          const void* layer, Pack pack) {
  const auto bytes = static_cast<size_t>(size);
  uint64_t key = 0;
  tensor::SharedBytes weights;
  if (operands.cache != nullptr) {
    key = KeyOf(operands, row, window);
    weights = operands.cache->Find(key, bytes);
  }
  if (weights.bytes().empty()) {
    base::AlignedBuffer packed(bytes);
    if (!packed.ok()) return Fail(ErrorCode::kLimit, "no memory for its packed weights");
    pack(layer, packed.data());
    weights = tensor::SharedBytes::Own(std::move(packed));
    if (operands.cache != nullptr) operands.cache->Keep(key, weights);
  }
  for (size_t i = 1; i < operands.count(); ++i) operands.in(i).constant->Release();
  return weights;
}

}  // namespace goldcrest::backends::cpu
