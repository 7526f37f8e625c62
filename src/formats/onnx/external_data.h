// Tensors whose elements lie in a file beside the model.
#pragma once

#include "formats/onnx/array.h"

namespace goldcrest::formats::onnx {

// The window of the file that the tensor names, `size` bytes. The name must be relative and must
// not lead out of the model's folder.
Result<tensor::SharedBytes> ExternalBytes(const proto::TensorProto& tensor, size_t size,
                                          const FileBeside& files);

}  // namespace goldcrest::formats::onnx
