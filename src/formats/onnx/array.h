// Constant tensors of the file, in the file's order of dimensions.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "base/result.h"
#include "formats/onnx/order.h"
#include "formats/reading/broadcast.h"
#include "formats/reading/budget.h"
#include "formats/reading/integers.h"
#include "onnx.pb.h"
#include "tensor/dtype.h"
#include "tensor/quantization.h"
#include "tensor/shared_bytes.h"

namespace goldcrest::formats::onnx {

using reading::Budget;
using reading::Integers;

struct Array {
  std::string name;
  tensor::DType dtype = tensor::DType::kFloat32;
  tensor::Shape shape;
  tensor::SharedBytes bytes;
  tensor::Quantization quantization;  // of integers that stand for reals

  template <class T>
  std::span<const T> As() const {
    return bytes.As<T>();
  }
};

// The bytes of a file beside the model, by its name.
using FileBeside = std::function<Result<tensor::SharedBytes>(const std::string& name)>;

// float32 (float16 and bfloat16 become that), int8, uint8, int16, int32; or integers of 64 bits and
// booleans, which are shapes and the like.
Result<std::variant<Array, Integers>> DecodeTensor(const proto::TensorProto& tensor,
                                                   const FileBeside& files, Budget& budget);

// int32 as integers that are shapes and the like.
Result<Integers> AsIntegers(const Array& array);

// Dimension d of the result is dimension order[d] of the array.
Result<Array> Permuted(const Array& array, const Order& order, Budget& budget);
// The same elements in another shape; scales of an axis are lost where it has moved, an error.
Result<Array> WithShape(const Array& array, tensor::Shape shape);

// What it stands for, as float32.
Result<Array> Reals(const Array& array, Budget& budget);
// Integers of type `dtype` that stand for an array of float32, halves rounded to even.
Result<Array> Quantized(const Array& array, tensor::DType dtype,
                        const tensor::Quantization& quantization, Budget& budget);
// uint8 as int8 with a zero point that is 128 lower.
Result<Array> Signed(const Array& array, Budget& budget);

// An array of float32 made elsewhere.
Array FloatArray(std::string name, reading::Floats floats);

}  // namespace goldcrest::formats::onnx
