#include "pipeline/tuned_session.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "pipeline/noise_session.h"
#include "tensor/difference.h"

namespace goldcrest::pipeline {
namespace {

// Whether floats are rounded to few bits on the way, which makes much of the last bit of a sum.
bool RoundsFloats(const graph::Graph& graph, const BenchmarkOptions& options) {
  if (options.precision != tensor::Precision::kFloat32) return true;
  const auto rounds = [&](const graph::Node& node) {
    if (node.inputs.empty() || graph.value(node.inputs[0]).dtype != tensor::DType::kFloat32) {
      return false;
    }
    if (std::holds_alternative<graph::Quantize>(node.op)) return true;
    return node.inputs.size() > 1 && graph.value(node.inputs[1]).dtype != tensor::DType::kFloat32;
  };
  return std::ranges::any_of(graph.nodes, rounds);
}

// One output of the model with other kernels.
Status ExpectSameOutput(const tensor::TensorView& expected, const tensor::TensorView& got,
                        bool rounds_floats) {
  constexpr double kMostRelative = 1e-4;
  constexpr double kLeastDb = 25;
  if (std::ranges::equal(expected.bytes, got.bytes)) return {};
  const tensor::Difference difference = tensor::Compare(expected, got);
  const bool floats = expected.dtype == tensor::DType::kFloat32;
  if (floats && !rounds_floats && difference.max_relative <= kMostRelative) return {};
  if (rounds_floats && difference.sqnr_db >= kLeastDb) return {};
  return Fail(ErrorCode::kInvalid, difference.differing, " elements differ, by up to ",
              difference.max_absolute, ": please report it, with the model");
}

Status ExpectSameOutputs(const BenchmarkOptions& options, const api::Session& expected,
                         const api::Session& got) {
  const bool rounds_floats = RoundsFloats(expected.graph(), options);
  for (size_t i = 0; i < expected.graph().outputs.size(); ++i) {
    GOLDCREST_RETURN_IF_ERROR(ExpectSameOutput(expected.output(i), got.output(i), rounds_floats));
  }
  return {};
}

}  // namespace

Result<api::Session> TunedSession(BenchmarkOptions options, const KernelsByLayer& kernels,
                                  bool bands, const api::Session* expected) {
  options.tuning = TuningOf(kernels, bands);
  options.cache.clear();  // not for kernels that are tried only
  GOLDCREST_TRY(api::Session session, SessionOnNoise(options.models.front(), options));
  session.Run();
  if (expected == nullptr) return session;
  std::set<std::string> names;
  for (const auto& [layer, kernel] : kernels) names.insert(kernel);
  GOLDCREST_RETURN_IF_ERROR(
      Within(base::Cat("running ", options.models.front(), " with ",
                       base::Join(std::vector<std::string>(names.begin(), names.end()), ", ")),
             ExpectSameOutputs(options, *expected, session)));
  return session;
}

}  // namespace goldcrest::pipeline
