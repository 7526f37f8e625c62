#include "pipeline/explain_bands.h"

#include "base/strings.h"

namespace goldcrest::pipeline {
namespace {

// Why a step can be in no band; empty where it can.
std::string WhyAlone(const runtime::Step& step) {
  if (!step.preparations.empty()) {
    return base::Cat(step.kernel, " looks at all of its input before it begins");
  }
  if (step.progress.empty()) {
    return base::Cat("chunks of ", step.kernel, " do not go through their values in order");
  }
  return "";
}

// Why a band that ends with `last` does not go on with `next`: what CutIntoBands asks.
std::string WhyNoFurther(const runtime::BandStep& last, const runtime::BandStep& next) {
  if (!next.follows) return "what it makes is not read by the next operator alone";
  if (!last.makes_large()) {
    return base::Cat("what it makes has less than ", base::Bytes(runtime::kLargeBytes));
  }
  for (const runtime::BandStep* step : {&last, &next}) {
    if (std::string reason = WhyAlone(*step->step); !reason.empty()) return reason;
  }
  return base::Cat("line buffers and weights would outgrow ", base::Bytes(runtime::kBandBytes));
}

}  // namespace

std::vector<ExplainedBand> ExplainBands(std::span<const runtime::BandStep> steps,
                                        std::span<const runtime::Band> bands) {
  std::vector<ExplainedBand> explained;
  for (const runtime::Band& band : bands) {
    const runtime::BandStep& last = steps[band.last - 1];
    if (band.items.empty() && !last.makes_large()) continue;
    explained.push_back({band.first, band.last, band.line_buffer_bytes,
                         last.elements * last.element_bytes,
                         band.last < steps.size() ? WhyNoFurther(last, steps[band.last]) : ""});
  }
  return explained;
}

}  // namespace goldcrest::pipeline
