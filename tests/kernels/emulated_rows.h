// Rows whose instructions few machines have, computed by what emulates these.
#pragma once

#include <span>
#include <vector>

#include "kernels/conv/conv.h"
#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/quantized_depthwise/quantized_depthwise.h"
#include "kernels/rows.h"

namespace goldcrest::kernels {

// The rows of a table, and before the last, the reference, those that can be emulated, as rows of
// what the emulation itself needs.
std::vector<conv::Row> WithEmulated(std::span<const conv::Row> rows);
std::vector<quantized_conv::Row> WithEmulated(std::span<const quantized_conv::Row> rows);
std::vector<quantized_depthwise::Row> WithEmulated(std::span<const quantized_depthwise::Row> rows);

template <class Row>
size_t CountWithEmulated(std::span<const Row> rows) {
  return CountOnThisMachine(std::span<const Row>(WithEmulated(rows)));
}

}  // namespace goldcrest::kernels
