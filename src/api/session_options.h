// How a session is to be opened.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/input_contract.h"
#include "base/cpu_features.h"
#include "base/result.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"
#include "tensor/shape.h"

namespace goldcrest::runtime {
struct Tuning;
}

namespace goldcrest::api {

struct SessionOptions {
  int threads = 1;
  std::optional<base::Isa> isa;  // kernels of this and below; GOLDCREST_ISA caps it too
  tensor::Arithmetic arithmetic = tensor::Arithmetic::kXnnpack;  // of integers
  tensor::Precision precision = tensor::Precision::kFloat32;
  // By input; none: as the model states them, a dynamic batch being 1.
  std::vector<tensor::Shape> input_shapes;
  ContractFlags contract;
  // A file that keeps packed weights, or kBesideModel; empty: none.
  std::string cache;
  const runtime::Tuning* tuning = nullptr;  // while a session is made; null: none
};

// Stands for the model's file with `.goldcrest-cache` behind its name.
inline constexpr std::string_view kBesideModel = "beside";

// The file that the option `cache` means for the model of that file.
std::string CacheFileOf(const std::string& cache, const std::string& model);

// Sets the option `name`, in which "-" and "_" are equal, to what `value` says: for callers who
// have options as text. An error where there is no such option or value.
Status SetOption(SessionOptions& options, std::string name, const std::string& value);

}  // namespace goldcrest::api
