// Times every row of the kernel tables that this machine runs on the layers of MobileNets, beside
// what the machine can do with the row's instructions.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "rows/contest.h"

namespace goldcrest::bench {
namespace {

struct Kinds {
  bool floats, integers, dynamic_range;
};

Status MeasureAll(const Settings& settings, const std::string& only_layers, Kinds kinds) {
  if (!kinds.floats && !kinds.integers && !kinds.dynamic_range) kinds = {true, true, true};
  GOLDCREST_TRY(const std::vector<Layer> layers, NetworkLayers());
  Contest contest(settings);
  const auto measure = [&](bool wanted, void (*kind)(Contest&, const Layer&)) {
    for (const Layer& layer : layers) {
      const std::string named = base::Cat(layer.text, " ", layer.networks);
      if (wanted && named.find(only_layers) != std::string::npos) kind(contest, layer);
    }
  };
  measure(kinds.floats, MeasureFloats);
  measure(kinds.integers, MeasureIntegers);
  measure(kinds.dynamic_range, MeasureDynamicRange);
  GOLDCREST_RETURN_IF_ERROR(contest.status());
  if (!contest.measured_any()) {
    return Fail(ErrorCode::kUsage, "no row that this machine runs and no layer is named so");
  }
  return {};
}

}  // namespace
}  // namespace goldcrest::bench

int main(int argc, char** argv) {
  using goldcrest::bench::MeasureAll;
  CLI::App app(
      "Times the rows of the kernel tables on the layers of MobileNets; * marks the row that "
      "runs.");
  goldcrest::bench::Settings settings;
  std::string layers;
  double milliseconds = 10;
  goldcrest::bench::Kinds kinds = {};
  app.add_option("--layers", layers, "only those whose text or network contains this: \"3x3/2\"");
  app.add_option("--rows", settings.only, "only those whose name contains this: \"avx2\"");
  app.add_option("--milliseconds", milliseconds, "of a row and layer; the fastest run counts")
      ->check(CLI::Range(0.1, 1e4));
  app.add_flag("--floats", kinds.floats, "float32 only");
  app.add_flag("--integers", kinds.integers, "int8 only");
  app.add_flag("--dynamic-range", kinds.dynamic_range,
               "only what layers of floats with int8 weights have beside their products");
  app.add_flag("--references", settings.references, "the rows of plain C++ too");
  CLI11_PARSE(app, argc, argv);
  settings.seconds = milliseconds / 1e3;
  const auto status = MeasureAll(settings, layers, kinds);
  if (status) return 0;
  std::fprintf(stderr, "error: %s\n", status.error().ToString().c_str());
  return 1;
}
