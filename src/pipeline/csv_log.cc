#include "pipeline/csv_log.h"

#include "base/file.h"

namespace goldcrest::pipeline {
namespace {

using base::Cat;

constexpr std::string_view kHeader = "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\n";

// The lines of epochs before `first` of a log that another run wrote.
std::string EarlierLines(std::string_view log, int64_t first) {
  std::string lines;
  if (!log.starts_with(kHeader)) return lines;
  log.remove_prefix(kHeader.size());
  for (size_t end = log.find('\n'); end != std::string_view::npos; end = log.find('\n')) {
    int64_t epoch = 0;
    if (!base::ParseInt(log.substr(0, log.find(',')), epoch) || epoch >= first) break;
    lines += log.substr(0, end + 1);
    log.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

Status CsvLog::Begin(int64_t first) {
  std::string text(kHeader);
  if (first > 0) {
    if (auto before = base::MappedFile::Open(path_)) {
      text += EarlierLines(base::AsText((*before)->bytes()), first);
    }
  }
  GOLDCREST_RETURN_IF_ERROR(base::WriteFile(path_, base::AsBytes(text)));
  GOLDCREST_TRY(file_, base::AppendedFile::Open(path_, false));
  return {};
}

Status CsvLog::Add(const train::EpochReport& epoch) {
  const int64_t number = epoch.epoch - 1;
  if (!file_) GOLDCREST_RETURN_IF_ERROR(Begin(number));
  std::string line =
      Cat(number, ",", epoch.training.accuracy, ",", epoch.rate, ",", epoch.training.loss, ",");
  line += epoch.validation ? Cat(epoch.validation->accuracy, ",", epoch.validation->loss) : "NA,NA";
  line += '\n';
  return file_->Append(base::AsBytes(line));
}

}  // namespace goldcrest::pipeline
