#include "pipeline/training_log.h"

#include <filesystem>

#include "base/file.h"

namespace goldcrest::pipeline {

Result<TrainingLog> TrainingLog::Open(const TrainingLogOptions& options) {
  TrainingLog log;
  if (options.folder.empty()) return log;
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) {
    return Fail(ErrorCode::kIo, "cannot make the folder ", options.folder,
                " of --log: ", error.message());
  }
  log.csv_.emplace(base::Cat(options.folder, "/log.csv"));
  GOLDCREST_TRY(const base::AtomicFile writable,
                base::AtomicFile::Create(base::Cat(options.folder, "/log.csv")));
  static_cast<void>(writable);
  return log;
}

void TrainingLog::Note(const Status& status) {
  if (!status && !failure_) failure_ = status.error();
}

void TrainingLog::Epoch(const train::EpochReport& report) {
  if (failure_ || !csv_) return;
  Note(csv_->Add(report));
}

}  // namespace goldcrest::pipeline
