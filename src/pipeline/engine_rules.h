// What engines take, from their own documentation: rules as data, a table an engine.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::pipeline {

enum class Engine : uint8_t { kTflite, kTfliteMicro, kEdgeTpu, kTensorRt, kOpenVino, kOnnxRuntime };
inline constexpr std::array<std::string_view, 6> kEngineNames = {
    "tflite", "tflite-micro", "edgetpu", "tensorrt", "openvino", "onnxruntime"};
inline std::string_view NameOf(Engine engine) { return kEngineNames[static_cast<size_t>(engine)]; }
Result<Engine> ParseEngine(std::string_view name);

enum class Verdict : uint8_t {
  kTaken,
  kFallsBack,  // is computed, but not in integers, or not on the accelerator
  kRefused,
};
inline constexpr std::array<std::string_view, 3> kVerdictNames = {"ok", "falls back", "refused"};
inline std::string_view NameOf(Verdict v) { return kVerdictNames[static_cast<size_t>(v)]; }

// What is wrong with an operator, or with the model.
struct Finding {
  Verdict verdict = Verdict::kRefused;
  std::string reason;
  std::string remedy;
};

// In what an operator computes: bits, so that a rule can name several.
using Arithmetics = uint8_t;
inline constexpr Arithmetics kFloats = 1;
inline constexpr Arithmetics kHybrid = 2;  // float activations, integer weights
inline constexpr Arithmetics kUnsigned = 4;
inline constexpr Arithmetics kSigned = 8;
inline constexpr Arithmetics kWide = 16;     // int16
inline constexpr Arithmetics kIndices = 32;  // integers that are no reals: shapes
inline constexpr Arithmetics kHalves = 64;   // float16, stored
inline constexpr Arithmetics kBytes = kUnsigned | kSigned;

Arithmetics ArithmeticOf(const graph::Graph& graph, const graph::Node& node);
// "int8, int16"
std::string Describe(Arithmetics arithmetics);

struct OperatorRule {
  std::string_view op;  // the graph's name of the operator
  Arithmetics taken = 0;
  Arithmetics falls_back = 0;
  // What more there is to say where the arithmetic is taken.
  std::optional<Finding> (*limit)(const graph::Graph& graph, const graph::Node& node) = nullptr;
};

struct EngineRules {
  std::string_view name;  // of the engine, for people
  std::span<const OperatorRule> operators;
  std::string_view operators_source;  // where the rules are from
  std::string_view types_source;
  std::string_view fallback;  // what becomes of an operator that falls back
  // What to do about arithmetic that is not taken.
  std::string (*remedy)(Arithmetics arithmetic);
  // What is wrong with the model as a whole; null: nothing more than with its operators.
  std::optional<Finding> (*model)(const graph::Graph& graph) = nullptr;
  // Whatever comes behind an operator that is not taken falls back, too.
  bool one_part = false;
};

const EngineRules& RulesOf(Engine engine);

// engine_rules_*.cc
extern const EngineRules kTfliteRules;
extern const EngineRules kTfliteMicroRules;
extern const EngineRules kEdgeTpuRules;
extern const EngineRules kTensorRtRules;
extern const EngineRules kOpenVinoRules;
extern const EngineRules kOnnxRuntimeRules;

// Used by several: an input whose size is not known.
std::optional<Finding> ExpectKnownSizes(const graph::Graph& graph);

}  // namespace goldcrest::pipeline
