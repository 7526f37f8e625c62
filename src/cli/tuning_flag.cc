#include "cli/tuning_flag.h"

#include "cli/command.h"
#include "pipeline/tuning_file.h"

namespace goldcrest::cli {

CLI::Option* AddTuningFlag(CLI::App& app, std::string& path) {
  return app.add_option("--tuning", path,
                        "take the kernels that benchmark --tune found to be the fastest");
}

Result<std::shared_ptr<const runtime::Tuning>> LoadTuning(const std::string& path, int threads,
                                                          tensor::Arithmetic arithmetic,
                                                          tensor::Precision precision) {
  if (path.empty()) return nullptr;
  GOLDCREST_TRY(const pipeline::TunedFor now,
                pipeline::TunedForThis(threads, arithmetic, precision));
  std::vector<std::string> notes;
  GOLDCREST_TRY(auto tuning, pipeline::OpenTuning(path, now, notes));
  PrintNotes(notes);
  return tuning;
}

}  // namespace goldcrest::cli
