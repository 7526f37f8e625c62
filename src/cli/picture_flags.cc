#include "cli/picture_flags.h"

#include <cstdio>

#include "cli/tuning_flag.h"

namespace goldcrest::cli {

void AddPictureModelFlags(CLI::App& app, pipeline::PictureModelOptions& options,
                          std::string& tuning) {
  app.add_option("model", options.model, "the model: .tflite, Keras .keras or .h5")->required();
  app.add_option("pictures", options.pictures, "JPEG, PNG and BMP files, and folders of them")
      ->required();
  app.add_option("--labels", options.labels, "a text file with one label a line");
  AddContractFlags(app, options.contract);
  AddInputShapesFlag(app, options.input_shapes);
  AddEndsFlags(app, options.import);
  AddArithmeticFlag(app, options.arithmetic);
  AddPrecisionFlag(app, options.precision);
  AddCacheFlag(app, options.cache);
  AddTuningFlag(app, tuning);
  app.add_option("--threads", options.threads, "threads to compute with")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--max-pixels", options.most_pixels, "refuse larger pictures")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

void PictureCount::Failed(const Error& error) {
  ++pictures_;
  ++failures_;
  std::fprintf(stderr, "goldcrest: error: %s\n", error.ToString().c_str());
}

Status PictureCount::End(std::string_view done) const {
  if (failures_ == 0) return {};
  return Fail(ErrorCode::kInvalid, failures_, " of ", pictures_, " pictures could not be ", done);
}

}  // namespace goldcrest::cli
