#include "pipeline/inference_type.h"

#include <algorithm>
#include <array>

namespace goldcrest::pipeline {
namespace {

using tensor::DType;

struct Name {
  std::string_view name;
  DType dtype;
};

constexpr std::array kNames = {
    Name{"FLOAT", DType::kFloat32}, Name{"QUANTIZED_UINT8", DType::kUInt8},
    Name{"UINT8", DType::kUInt8},   Name{"QUANTIZED_INT8", DType::kInt8},
    Name{"INT8", DType::kInt8},
};

Result<DType> ParseType(std::string_view flag, const std::string& text) {
  std::string upper = text;
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  const auto* found = std::ranges::find(kNames, upper, &Name::name);
  if (found != kNames.end()) return found->dtype;
  return Fail(ErrorCode::kUsage, flag, " is '", text,
              "'; it can be FLOAT, QUANTIZED_UINT8 (or UINT8) or QUANTIZED_INT8 (or INT8)");
}

}  // namespace

Result<std::optional<quantize::TrainedOptions>> ParseInferenceFlags(
    const InferenceFlags& flags, std::vector<std::string>& notes) {
  quantize::TrainedOptions options;
  GOLDCREST_TRY(options.dtype, ParseType("--inference_type", flags.type));
  options.ends = {options.dtype, options.dtype};
  if (!flags.input_type.empty()) {
    GOLDCREST_TRY(options.ends.inputs, ParseType("--inference_input_type", flags.input_type));
  }
  if (!flags.output_type.empty()) {
    GOLDCREST_TRY(options.ends.outputs, ParseType("--inference_output_type", flags.output_type));
  }
  if (flags.mean_values.size() != flags.std_dev_values.size()) {
    return Fail(ErrorCode::kUsage, "--mean_values has ", flags.mean_values.size(),
                " numbers, --std_dev_values ", flags.std_dev_values.size(),
                "; each input needs both");
  }
  if (flags.default_ranges_min.has_value() != flags.default_ranges_max.has_value()) {
    return Fail(ErrorCode::kUsage,
                "--default_ranges_min and --default_ranges_max are given together");
  }
  if (options.dtype == DType::kFloat32) {
    if (options.ends.inputs != DType::kFloat32 || options.ends.outputs != DType::kFloat32) {
      return Fail(ErrorCode::kUsage,
                  "integers go in or out of a model that computes with them; give "
                  "--inference_type too");
    }
    if (!flags.mean_values.empty() || flags.default_ranges_min) {
      notes.emplace_back(
          "--mean_values, --std_dev_values and default ranges are of integers; they are not used, "
          "for --inference_type is FLOAT");
    }
    return std::nullopt;
  }
  for (size_t i = 0; i < flags.mean_values.size(); ++i) {
    options.inputs.push_back({flags.mean_values[i], flags.std_dev_values[i]});
  }
  if (flags.default_ranges_min) {
    options.default_range = {*flags.default_ranges_min, *flags.default_ranges_max};
    if (!(options.default_range->low <= 0) || !(options.default_range->high >= 0)) {
      return Fail(ErrorCode::kUsage, "the default range ", options.default_range->low, " to ",
                  options.default_range->high, " does not hold 0");
    }
  }
  return options;
}

api::ContractFlags WithScaling(api::ContractFlags flags, const quantize::TrainedOptions& options,
                               const graph::Graph& graph) {
  if (flags.normalize || options.inputs.size() != 1 || graph.inputs.size() != 1) return flags;
  const tensor::Shape& shape = graph.value(graph.inputs[0]).shape;
  const bool picture = shape.size() == 4 && shape[1] > 0 && shape[2] > 0 &&
                       (shape[3] == 1 || shape[3] == 3) && !graph.metadata.input_contract;
  if (!picture) return flags;
  // The lowest integer is the byte 0.
  const double lowest = tensor::LimitsOf(options.dtype)->low;
  flags.normalize = base::Cat(options.inputs[0].mean - lowest, ",", options.inputs[0].deviation);
  return flags;
}

std::string Describe(const quantize::TrainedOptions& options) {
  std::string text = base::Cat(tensor::NameOf(options.dtype), ", by the ranges of its training");
  if (options.ends.inputs != options.dtype) {
    text += base::Cat(", ", tensor::NameOf(options.ends.inputs), " in");
  }
  if (options.ends.outputs != options.dtype) {
    text += base::Cat(", ", tensor::NameOf(options.ends.outputs), " out");
  }
  if (options.default_range) {
    text += base::Cat(", else ", options.default_range->low, " to ", options.default_range->high);
  }
  return text;
}

}  // namespace goldcrest::pipeline
