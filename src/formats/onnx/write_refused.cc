// Operators that ONNX has none for.
#include "formats/onnx/write_operators.h"

namespace goldcrest::formats::onnx {
namespace {

Status Refuse(std::string_view remedy) {
  return Fail(ErrorCode::kUnsupported, "ONNX has no such operator; ", remedy);
}

}  // namespace

Status Write(const graph::SpaceToBatch&, const Context&) {
  return Refuse("where it stands for a dilated convolution, convert the TensorFlow graph");
}

Status Write(const graph::BatchToSpace&, const Context&) {
  return Refuse("where it stands for a dilated convolution, convert the TensorFlow graph");
}

Status Write(const graph::FakeQuant&, const Context&) {
  return Refuse("--inference-type INT8 writes the integers that it was trained for");
}

Status Write(const graph::DetectionPostProcess&, const Context&) {
  return Refuse("export the model without its post-processing");
}

}  // namespace goldcrest::formats::onnx
