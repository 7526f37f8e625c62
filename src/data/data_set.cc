#include "data/data_set.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "data/arrays.h"
#include "data/cifar10.h"
#include "data/folder.h"
#include "data/list_file.h"

namespace goldcrest::data {
namespace {

Result<std::unique_ptr<DataSet>> OpenAny(const std::string& path, const FetchOptions& fetch) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return OpenFolder(path);
  auto open = [&]() -> Result<std::unique_ptr<DataSet>> {
    GOLDCREST_TRY(std::shared_ptr<const base::MappedFile> file, base::MappedFile::Open(path));
    if (decode::IsPicture(file->bytes())) return OpenPictureFile(path);
    if (SniffArrays(file->bytes())) return OpenArrays(path, std::move(file));
    if (path.ends_with(".bin")) return OpenCifar10(path, std::move(file));
    return OpenList(path, file->bytes(), fetch);
  };
  return Within(base::Cat("reading ", path), open());
}

// Numbers by their value, where all are.
void SortClasses(std::vector<std::string>& classes) {
  const bool numbers = std::ranges::all_of(classes, [](const std::string& name) {
    int64_t unused = 0;
    return base::ParseInt(name, unused);
  });
  auto value = [](const std::string& name) {
    int64_t number = 0;
    base::ParseInt(name, number);
    return number;
  };
  std::ranges::sort(classes);
  if (numbers) std::ranges::stable_sort(classes, {}, value);
  classes.erase(std::ranges::unique(classes).begin(), classes.end());
}

}  // namespace

Result<std::unique_ptr<const DataSet>> Open(const std::string& path, const OpenOptions& options) {
  GOLDCREST_TRY(std::unique_ptr<DataSet> set, OpenAny(path, options.fetch));
  if (options.limit > 0) set->Limit(options.limit);
  return set;
}

void DataSet::Limit(int64_t count) {
  const int64_t all = size();
  if (count >= all) return;
  const NameList names = std::exchange(names_, {});
  const std::vector<int32_t> labels = std::exchange(labels_, {});
  for (int64_t i = 0; i < count; ++i) {
    const auto from = static_cast<size_t>(evenly_ ? i * all / count : i);
    Add(names[from], labels[from]);
  }
  description_ += base::Cat(", of which ", count, evenly_ ? " that lie evenly apart" : "");
}

void DataSet::Add(std::string_view name, int64_t label) {
  names_.Add(name);
  labels_.push_back(static_cast<int32_t>(label));
}

Status DataSet::SetLabels(const std::vector<std::string>& labels) {
  auto missing = std::ranges::find(labels, "");
  classes_.clear();
  for (const std::string& label : labels) {
    // Labels of one class often follow each other.
    if (label.empty() || (!classes_.empty() && classes_.back() == label)) continue;
    classes_.push_back(label);
  }
  if (classes_.empty()) return {};
  if (missing != labels.end()) {
    const auto at = static_cast<size_t>(missing - labels.begin());
    const auto labelled = std::ssize(labels) - std::ranges::count(labels, "");
    return Fail(ErrorCode::kInvalid, names_[at], " has no label, while ", labelled,
                " others have one");
  }
  // By bytes, to look labels up; then in the order that is shown.
  SortClasses(classes_);
  classes_.shrink_to_fit();
  std::vector<std::pair<std::string_view, int32_t>> index;
  index.reserve(classes_.size());
  for (const std::string& name : classes_) {
    index.emplace_back(name, static_cast<int32_t>(index.size()));
  }
  std::ranges::sort(index);
  for (size_t i = 0; i < labels.size(); ++i) {
    labels_[i] = std::ranges::lower_bound(index, std::string_view(labels[i]), {},
                                          &std::pair<std::string_view, int32_t>::first)
                     ->second;
  }
  return {};
}

}  // namespace goldcrest::data
