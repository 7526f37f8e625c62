#include "pipeline/kernel_tables.h"

#include <algorithm>

#include "kernels/binary/binary.h"
#include "kernels/byte_table/byte_table.h"
#include "kernels/conv/conv.h"
#include "kernels/depthwise/depthwise.h"
#include "kernels/mean/mean.h"
#include "kernels/pool/pool.h"
#include "kernels/quantize/quantize.h"
#include "kernels/quantized_binary/quantized_binary.h"
#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/quantized_depthwise/quantized_depthwise.h"
#include "kernels/quantized_mean/quantized_mean.h"
#include "kernels/quantized_pool/quantized_pool.h"
#include "kernels/softmax/softmax.h"
#include "kernels/unary/unary.h"

namespace goldcrest::pipeline {
namespace {

template <class Row>
void Take(std::string_view name, std::span<const Row> rows, std::vector<KernelRow>& taken) {
  if (std::ranges::find(rows, name, &Row::name) == rows.end()) return;
  for (const Row& row : rows) taken.push_back({row.name, row.isa});
}

}  // namespace

std::vector<KernelRow> KernelTableWith(std::string_view name) {
  std::vector<KernelRow> rows;
  Take(name, kernels::binary::Rows(), rows);
  Take(name, kernels::byte_table::Rows(), rows);
  Take(name, kernels::conv::Rows(), rows);
  Take(name, kernels::depthwise::Rows(), rows);
  Take(name, kernels::mean::Rows(), rows);
  Take(name, kernels::pool::Rows(), rows);
  Take(name, kernels::quantize::Rows(), rows);
  Take(name, kernels::quantized_binary::Rows(), rows);
  Take(name, kernels::quantized_conv::Rows(), rows);
  Take(name, kernels::quantized_depthwise::Rows(), rows);
  Take(name, kernels::quantized_mean::Rows(), rows);
  Take(name, kernels::quantized_pool::Rows(), rows);
  Take(name, kernels::softmax::Rows(), rows);
  Take(name, kernels::unary::Rows(), rows);
  return rows;
}

}  // namespace goldcrest::pipeline
