#include "data/input_reader.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace goldcrest::data {
namespace {

// Without leading dimensions of 1, which batches add.
std::span<const int64_t> WithoutBatch(std::span<const int64_t> shape) {
  while (!shape.empty() && shape.front() == 1) shape = shape.subspan(1);
  return shape;
}

template <class T>
void Quantize(std::span<const float> values, float scale, int64_t zero_point, std::span<T> out) {
  constexpr auto kLowest = static_cast<float>(std::numeric_limits<T>::min());
  constexpr auto kHighest = static_cast<float>(std::numeric_limits<T>::max());
  for (size_t i = 0; i < out.size(); ++i) {
    const float q = std::rint(values[i] / scale) + static_cast<float>(zero_point);
    // A NaN compares as false both ways, and becomes the lowest.
    out[i] = static_cast<T>(q > kLowest ? std::min(q, kHighest) : kLowest);
  }
}

}  // namespace

Status FillInput(std::span<const float> values, const tensor::Quantization& quantization,
                 tensor::MutableTensorView input) {
  using tensor::DType;
  if (input.dtype == DType::kFloat32) {
    std::ranges::copy(values, input.As<float>().begin());
    return {};
  }
  const bool known = quantization.scale.size() == 1;
  const float scale = known ? quantization.scale[0] : 0;
  const int64_t zero_point = known ? quantization.zero_point[0] : 0;
  if (known && input.dtype == DType::kInt8) {
    Quantize(values, scale, zero_point, input.As<int8_t>());
  } else if (known && input.dtype == DType::kUInt8) {
    Quantize(values, scale, zero_point, input.As<uint8_t>());
  } else if (known && input.dtype == DType::kInt16) {
    Quantize(values, scale, zero_point, input.As<int16_t>());
  } else {
    return Fail(ErrorCode::kUnsupported, "samples for an input of ", tensor::NameOf(input.dtype));
  }
  return {};
}

Result<InputReader> InputReader::Create(const DataSet& set, InputDescription input) {
  InputReader reader(set, std::move(input));
  const std::optional<PictureSize> size = set.fixed_size();
  const bool tensors = set.Array(0) && !size;
  if (tensors) return reader;
  std::optional<tensor::InputContract>& contract = reader.input_.contract;
  if (!contract) {
    if (set.Array(0)) return reader;  // bytes as the model may take them
    return Fail(ErrorCode::kUnsupported,
                "the model does not say how pictures become its input; state it with --normalize "
                "tf|torch|caffe|unit|none|MEAN,STD");
  }
  reader.takes_whole_ = size && size->width == contract->width && size->height == contract->height;
  if (reader.takes_whole_) contract->crop = tensor::CropKind::kNone;
  GOLDCREST_TRY(reader.preprocessor_, image::Preprocessor::Create(*contract));
  return reader;
}

Status InputReader::Read(int64_t i, tensor::MutableTensorView out) {
  if (!preprocessor_) {
    return Within(base::Cat("reading ", set_->name(i)), CopyArray(*set_->Array(i), out));
  }
  GOLDCREST_TRY(std::unique_ptr<image::RowSource> rows,
                set_->OpenRows(i, *input_.contract, input_.most_pixels, input_.precision));
  return preprocessor_->Run(*rows, out);
}

Status InputReader::CopyArray(const tensor::TensorView& array, tensor::MutableTensorView out) {
  using tensor::DType;
  const bool same_shape = std::ranges::equal(WithoutBatch(array.shape), WithoutBatch(out.shape));
  const bool quantizes = array.dtype == DType::kFloat32 && input_.quantization.scale.size() == 1;
  if (!same_shape || (array.dtype != out.dtype && !quantizes)) {
    return Fail(ErrorCode::kInvalid, "the sample is ", tensor::NameOf(array.dtype),
                tensor::ToString(array.shape), ", but the model takes ",
                tensor::DescribeType(out.dtype, out.shape, input_.quantization));
  }
  if (array.dtype == out.dtype) {
    std::ranges::copy(array.bytes, out.bytes.begin());
    return {};
  }
  floats_.resize(array.bytes.size() / sizeof(float));
  std::memcpy(floats_.data(), array.bytes.data(), array.bytes.size());
  return FillInput(floats_, input_.quantization, out);
}

}  // namespace goldcrest::data
