#include "cli/benchmark_pictures.h"

#include <cstdio>

#include "cli/command.h"
#include "cli/progress.h"

namespace goldcrest::cli {

Status BenchmarkPictures(const pipeline::PictureBenchmarkOptions& options, bool json) {
  pipeline::PictureBenchmark result;
  {
    Progress progress;
    GOLDCREST_TRY(result, pipeline::BenchmarkPictures(options, [&](double share) {
                    progress.Show(share, "reading pictures");
                  }));
  }
  if (json) {
    PrintJson({{"model", options.model},
               {"threads", options.threads},
               {"input_contract", result.input_contract},
               {"pictures", result.pictures},
               {"rounds", result.rounds},
               {"best_pictures_per_s", result.best_pictures_per_s},
               {"median_pictures_per_s", result.median_pictures_per_s}});
    return {};
  }
  std::fputs(
      base::Cat(options.threads, options.threads == 1 ? " thread, " : " threads, ", result.pictures,
                " pictures, ", result.rounds, " rounds: ", Printable(result.input_contract),
                "\n\nbest ", base::Fixed(result.best_pictures_per_s, 1), " pictures/s; median ",
                base::Fixed(result.median_pictures_per_s, 1), " pictures/s\n")
          .c_str(),
      stdout);
  return {};
}

}  // namespace goldcrest::cli
