#include "cli/benchmark_tune.h"

#include <algorithm>
#include <cstdio>

#include "base/file.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "pipeline/tune.h"

namespace goldcrest::cli {
namespace {

using pipeline::TunedLayer;
using pipeline::TuningFile;

double MicrosecondsOf(const TunedLayer& layer, const std::string& kernel) {
  const auto found =
      std::ranges::find(layer.row_us, kernel, &std::pair<std::string, double>::first);
  return found == layer.row_us.end() ? 0 : found->second;
}

std::vector<const TunedLayer*> ChangedLayers(const TuningFile& file) {
  std::vector<const TunedLayer*> changed;
  for (const TunedLayer& layer : file.layers) {
    if (layer.kernel != layer.standard) changed.push_back(&layer);
  }
  return changed;
}

std::string LayerTable(const std::vector<const TunedLayer*>& layers) {
  Table table({"layer", "by rule", "us", "tuned", "us"}, {2, 4});
  for (const TunedLayer* layer : layers) {
    table.Add({layer->layer, layer->standard,
               base::Fixed(MicrosecondsOf(*layer, layer->standard), 1), layer->kernel,
               base::Fixed(MicrosecondsOf(*layer, layer->kernel), 1)});
  }
  return table.ToString();
}

void PrintTuning(const TuningFile& file, const std::string& output) {
  const std::vector<const TunedLayer*> changed = ChangedLayers(file);
  std::string text =
      base::Cat(file.made_for.processor, ", ", file.made_for.isa, ", ", file.made_for.threads,
                file.made_for.threads == 1 ? " thread" : " threads", "\n\n");
  if (changed.empty() && file.bands) {
    text += base::Cat("nothing is faster than what is chosen by rule by more than the noise (",
                      base::Milliseconds(file.default_ms), " ms a run)\n");
  } else {
    if (!changed.empty()) text += LayerTable(changed) + "\n";
    if (!file.bands) text += "faster without bands: each value is kept whole\n";
    text += base::Cat("a run takes ", base::Milliseconds(file.tuned_ms), " ms instead of ",
                      base::Milliseconds(file.default_ms), "\n");
  }
  text += base::Cat("what was measured is in ", output, ": --tuning ", output, " takes it\n");
  std::fputs(text.c_str(), stdout);
}

}  // namespace

Status BenchmarkTune(const pipeline::BenchmarkOptions& options, const std::string& output,
                     bool json) {
  if (options.models.size() > 1) {
    return Fail(ErrorCode::kUsage, "--tune measures one model; there are ", options.models.size());
  }
  GOLDCREST_TRY(base::AtomicFile file, base::AtomicFile::Create(output));
  TuningFile tuning;
  {
    Progress progress;
    GOLDCREST_TRY(tuning, pipeline::Tune(options, pipeline::ClockMeter(),
                                         [&](const auto& p) { progress.Show(p.share, p.doing); }));
  }
  GOLDCREST_RETURN_IF_ERROR(file.Write(base::AsBytes(pipeline::ToJson(tuning))));
  GOLDCREST_RETURN_IF_ERROR(file.Commit());
  if (!json) {
    PrintTuning(tuning, output);
    return {};
  }
  PrintJson({{"model", tuning.model},
             {"processor", tuning.made_for.processor},
             {"isa", tuning.made_for.isa},
             {"threads", tuning.made_for.threads},
             {"default_ms", tuning.default_ms},
             {"tuned_ms", tuning.tuned_ms},
             {"bands", tuning.bands},
             {"layers", tuning.layers.size()},
             {"layers_changed", ChangedLayers(tuning).size()},
             {"tuning", output}});
  return {};
}

}  // namespace goldcrest::cli
