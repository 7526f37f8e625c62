// What computes rows by emulated instructions, on x86: emulated_amx.cc and emulated_avxvnni.cc.
#pragma once

#include "kernels/conv/conv.h"
#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/quantized_depthwise/quantized_depthwise.h"

namespace goldcrest::kernels {

namespace conv {
void RunEmulatedAmx(const Params& params, const float* x, const float* packed, float* y,
                    const Block& block) noexcept;
}
namespace quantized_conv {
void RunEmulatedAmx(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                    const Block& block) noexcept;
void RunEmulatedAvxVnni(const Params& params, const std::byte* x, const std::byte* packed,
                        std::byte* y, const Block& block) noexcept;
}  // namespace quantized_conv
namespace quantized_depthwise {
void RunEmulatedAvxVnni(const Params& params, const std::byte* x, const std::byte* packed,
                        std::byte* y, int64_t first, int64_t last) noexcept;
}

}  // namespace goldcrest::kernels
