#include "cli/evaluation_flags.h"

#include "cli/command.h"

namespace goldcrest::cli {

CLI::Option* AddEvaluationFlags(CLI::App& app, pipeline::EvaluateOptions& options) {
  CLI::Option* data = app.add_option(
      "--data", options.data,
      "a folder (its sub-folders are the classes), a list of paths and labels (.tsv, "
      ".csv, .txt), a CIFAR-10 .bin, a .npy or .npz");
  app.add_option("--labels", options.labels, "the models' labels: a text file, one a line");
  app.add_flag("--ignore-labels", options.ignore_labels, "compare outputs only");
  app.add_option("--limit", options.limit,
                 "use so many samples: the first, or of folders such as lie evenly apart")
      ->check(CLI::PositiveNumber);
  AddContractFlags(app, options.contract);
  AddFetchFlags(app, options.fetch);
  app.add_option("--max-pixels", options.most_pixels, "refuse larger pictures")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  return data;
}

}  // namespace goldcrest::cli
