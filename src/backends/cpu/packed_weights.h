// Constants of layers as the rows of kernels take them.
#pragma once

#include <string_view>

#include "backends/cpu/lower.h"
#include "kernels/quantized_layer.h"
#include "tensor/shared_bytes.h"

namespace goldcrest::backends::cpu {

// To be raised whenever a row packs otherwise than it did under the same name, for what older
// versions have kept in files.
inline constexpr uint64_t kPackingVersion = 1;

// `size` bytes that pack(packed) fills for that row, or the same out of the cache of weights. They
// are a function of the row, the layer's window, its constants, types and scales. What was packed
// of a mapped file is let go of: nothing reads it any more.
using Pack = void (*)(const void* layer, std::byte* packed);
Result<tensor::SharedBytes> PackedWeights(const Operands& operands, std::string_view row,
                                          const kernels::Window& window, int64_t size,
                                          const void* layer, Pack pack);
template <class PackLayer>
Result<tensor::SharedBytes> PackedWeights(const Operands& operands, std::string_view row,
                                          const kernels::Window& window, int64_t size,
                                          const PackLayer& pack) {
  return PackedWeights(operands, row, window, size, &pack,
                       [](const void* layer, std::byte* packed) {
                         (*static_cast<const PackLayer*>(layer))(packed);
                       });
}

// Of layers of integers.
template <class Row, class Params>
Result<tensor::SharedBytes> PackedWeights(const Operands& operands, const Row& row,
                                          const Params& params,
                                          const kernels::QuantizedWeights& weights) {
  return PackedWeights(operands, row.name, params.window, row.packed_bytes(params),
                       [&](std::byte* packed) { row.pack(params, weights, packed); });
}

}  // namespace goldcrest::backends::cpu
