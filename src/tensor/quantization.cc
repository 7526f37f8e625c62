#include "tensor/quantization.h"

#include "base/strings.h"
#include "tensor/shape.h"

namespace goldcrest::tensor {

std::string DescribeType(DType dtype, std::span<const int64_t> shape, const Quantization& q) {
  std::string text = base::Cat(NameOf(dtype), ToString(shape));
  if (q.scale.size() != 1) return text;
  return base::Cat(text, ", scale ", q.scale[0], ", zero point ", q.zero_point[0]);
}

}  // namespace goldcrest::tensor
