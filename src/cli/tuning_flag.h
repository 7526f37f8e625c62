// --tuning of the commands that run a model.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "runtime/tuning.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"

namespace goldcrest::cli {

CLI::Option* AddTuningFlag(CLI::App& app, std::string& path);

// What the file says for this machine and these options; null where there is none, or it was made
// for something else, of which a note is printed.
Result<std::shared_ptr<const runtime::Tuning>> LoadTuning(
    const std::string& path, int threads,
    tensor::Arithmetic arithmetic = tensor::Arithmetic::kXnnpack,
    tensor::Precision precision = tensor::Precision::kFloat32);

}  // namespace goldcrest::cli
