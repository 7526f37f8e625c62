// Under which names a file carries what we know of a model beside its arithmetic.
#pragma once

namespace goldcrest::formats::onnx {

inline constexpr char kContractKey[] = "goldcrest.input_contract";  // JSON
inline constexpr char kLabelsKey[] = "goldcrest.labels";            // one a line

}  // namespace goldcrest::formats::onnx
