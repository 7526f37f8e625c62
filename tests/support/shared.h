// The shared reference data: real models, pictures and golden outputs.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "support/npz_file.h"
#include "tensor/tensor.h"

namespace goldcrest::testing {

std::string SharedFile(const std::string& name);

// An array of a golden .npz, which must be there.
tensor::Tensor Golden(const std::string& file, const std::string& array);

// Input `index` of golden/inputs_224.npz as float32 [1, 224, 224, 3], x / 127.5 − 1.
tensor::Tensor GoldenInput(int64_t index);
inline constexpr int64_t kGoldenInputs = 20;

}  // namespace goldcrest::testing

// Skips the test, saying why, where the reference data is absent.
#define REQUIRE_SHARED()                                                    \
  if (!std::filesystem::exists(::goldcrest::testing::SharedFile("models"))) \
  GTEST_SKIP() << "needs the shared reference data; set GOLDCREST_SHARED to its folder"
