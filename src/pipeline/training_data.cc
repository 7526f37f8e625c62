#include "pipeline/training_data.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <mutex>
#include <numeric>
#include <utility>

#include "data/split.h"

namespace goldcrest::pipeline {
namespace {

namespace fs = std::filesystem;

// The folder of that kind in another; empty where there is none.
std::string SubFolder(const std::string& folder, std::span<const std::string_view> names) {
  std::error_code ignored;
  for (std::string_view name : names) {
    const fs::path path = fs::path(folder) / name;
    if (fs::is_directory(path, ignored)) return path.string();
  }
  return "";
}

Result<std::unique_ptr<TrainingSet>> OpenWithClasses(const std::string& path,
                                                     const data::FetchOptions& fetch) {
  auto set = std::make_unique<TrainingSet>();
  GOLDCREST_TRY(set->pictures, data::Open(path, {.fetch = fetch}));
  if (!set->pictures->classes().empty()) return set;
  return Fail(ErrorCode::kInvalid, path,
              " says nothing of classes: put the pictures into a folder "
              "for each class, or name a list of paths and labels");
}

// Fills in the hashes and returns the samples that have one; the others are told.
std::vector<int64_t> HashAll(TrainingSet& set, base::ThreadPool& pool,
                             std::vector<std::string>& unreadable) {
  const int64_t size = set.pictures->size();
  set.hashes.resize(static_cast<size_t>(size));
  std::mutex mutex;
  std::map<int64_t, std::string> errors;
  pool.ForEach(size, [&](int64_t i) noexcept {
    if (auto hash = set.pictures->Hash(i)) {
      set.hashes[static_cast<size_t>(i)] = *hash;
    } else {
      const std::lock_guard lock(mutex);
      errors.emplace(i, hash.error().ToString());
    }
  });
  std::vector<int64_t> indices;
  indices.reserve(set.hashes.size());
  for (int64_t i = 0; i < size; ++i) {
    if (!errors.contains(i)) indices.push_back(i);
  }
  for (auto& [sample, error] : errors) unreadable.push_back(std::move(error));
  return indices;
}

TrainingSample SampleOf(const TrainingSet& set, int64_t index, int64_t label) {
  return {&set, static_cast<int32_t>(index), static_cast<int32_t>(label)};
}

class Opening {
 public:
  Opening(const TrainingDataOptions& options, base::ThreadPool& pool)
      : options_(options), pool_(pool) {}

  Result<TrainingData> Open() {
    GOLDCREST_TRY(auto set, OpenWithClasses(options_.data, options_.fetch));
    const data::DataSet& pictures = *set->pictures;
    data_.classes = pictures.classes();
    if (data_.classes.size() < 2) {
      return Fail(ErrorCode::kInvalid, options_.data, " has only the class '", data_.classes[0],
                  "'; there must be two to tell apart");
    }
    const std::vector<int64_t> indices = HashAll(*set, pool_, data_.unreadable);
    const data::SplitShares shares = {
        .validation = options_.validation.empty() ? options_.validation_share : 0,
        .test = options_.test.empty() ? options_.test_share : 0};
    const data::Split split =
        data::SplitByClass(pictures, indices, set->hashes, shares, options_.seed);
    auto add = [&](const std::vector<int64_t>& side, std::vector<TrainingSample>& to) {
      to.reserve(side.size());
      for (int64_t i : side) to.push_back(SampleOf(*set, i, pictures.label(i)));
    };
    add(split.training, data_.training);
    add(split.validation, data_.validation);
    add(split.test, data_.test);
    TellOfSplit(pictures, split);
    TellOfMissingNumbers();
    data_.description = pictures.description();
    data_.notes = pictures.notes();
    for (const std::string& empty : pictures.empty_classes()) {
      data_.warnings.push_back(base::Cat("no picture is in ", empty, ": it is no class"));
    }
    data_.sets.push_back(std::move(set));
    GOLDCREST_RETURN_IF_ERROR(Add(options_.validation, data_.validation));
    GOLDCREST_RETURN_IF_ERROR(Add(options_.test, data_.test));
    // The parts of one set have nothing in common.
    if (data_.sets.size() > 1) {
      LeaveOut("training", data_.training, "validation", data_.validation, "learned from");
      LeaveOut("training", data_.training, "test", data_.test, "learned from");
      LeaveOut("validation", data_.validation, "test", data_.test, "judged by");
    }
    GOLDCREST_RETURN_IF_ERROR(CheckClasses());
    return std::move(data_);
  }

 private:
  void TellOfSplit(const data::DataSet& set, const data::Split& split) {
    if (split.duplicates > 0) {
      data_.notes.push_back(base::Cat(split.duplicates,
                                      " pictures are in the data more than once; copies stay on "
                                      "one side of the split"));
    }
    if (split.contradicting.empty()) return;
    data_.warnings.push_back(
        base::Cat(split.contradicting.size(), " pictures are in two classes at once, such as ",
                  set.name(split.contradicting[0]), "; one of the labels is wrong"));
  }

  // Of classes that are numbers, those between them that no picture has: the model's outputs are
  // counted without these.
  void TellOfMissingNumbers() {
    constexpr size_t kNamed = 3;
    std::vector<std::string> named;
    uint64_t missing = 0;
    std::string shifted;  // the first class that is not the output of its number
    int64_t previous = 0;
    for (size_t i = 0; i < data_.classes.size(); ++i) {
      int64_t number = 0;
      if (!base::ParseInt(data_.classes[i], number)) return;
      if (i > 0 && number > previous) {
        const uint64_t between =
            static_cast<uint64_t>(number) - static_cast<uint64_t>(previous) - 1;
        if (between > 0 && missing == 0) {
          shifted = base::Cat("output ", i, " is the class '", number, "'");
        }
        missing += between;
        while (++previous < number && named.size() < kNamed) named.push_back(base::Cat(previous));
      }
      previous = number;
    }
    if (missing == 0) return;
    data_.warnings.push_back(
        base::Cat("the classes are numbers, of which no picture has ", base::Join(named, ", "),
                  missing > named.size() ? base::Cat(" and ", missing - named.size(), " more") : "",
                  "; the model's outputs are counted without them: ", shifted));
  }

  // Data of their own, with classes of the data that are learned from.
  Status Add(const std::string& path, std::vector<TrainingSample>& samples) {
    if (path.empty()) return {};
    GOLDCREST_TRY(auto set, OpenWithClasses(path, options_.fetch));
    std::vector<int64_t> labels;
    for (const std::string& name : set->pictures->classes()) {
      const auto found = std::ranges::find(data_.classes, name);
      if (found == data_.classes.end()) {
        return Fail(ErrorCode::kInvalid, path, " has the class '", name, "', which ", options_.data,
                    " has not; its classes are ", base::Join(data_.classes, ", "));
      }
      labels.push_back(found - data_.classes.begin());
    }
    const std::vector<int64_t> indices = HashAll(*set, pool_, data_.unreadable);
    samples.reserve(indices.size());
    for (int64_t i : indices) {
      const auto label = static_cast<size_t>(set->pictures->label(i));
      samples.push_back(SampleOf(*set, i, labels[label]));
    }
    data_.sets.push_back(std::move(set));
    return {};
  }

  // No picture is on two sides.
  void LeaveOut(std::string_view name, std::vector<TrainingSample>& samples,
                std::string_view judging_name, const std::vector<TrainingSample>& judging,
                std::string_view use) {
    std::vector<data::ContentHash> judged;
    judged.reserve(judging.size());
    for (const TrainingSample& sample : judging) judged.push_back(sample.hash());
    std::ranges::sort(judged);
    const size_t left_out = std::erase_if(samples, [&](const TrainingSample& sample) {
      return std::ranges::binary_search(judged, sample.hash());
    });
    if (left_out == 0) return;
    data_.warnings.push_back(base::Cat(left_out, " pictures of the ", name, " data are in the ",
                                       judging_name, " data too; they are not ", use));
  }

  // Each class must have something to learn from.
  Status CheckClasses() {
    constexpr double kUneven = 10;
    std::vector<int64_t> counts(data_.classes.size(), 0);
    for (const TrainingSample& sample : data_.training) ++counts[static_cast<size_t>(sample.label)];
    const auto least = std::ranges::min_element(counts);
    const auto most = std::ranges::max_element(counts);
    auto name = [&](auto at) { return data_.classes[static_cast<size_t>(at - counts.begin())]; };
    if (*least == 0) {
      const std::string why =
          data_.unreadable.empty()
              ? ""
              : base::Cat("; ", data_.unreadable.size(),
                          " pictures cannot be read, the first: ", data_.unreadable.front());
      return Fail(ErrorCode::kInvalid, "the class '", name(least), "' has no picture to learn from",
                  why);
    }
    if (static_cast<double>(*most) > kUneven * static_cast<double>(*least)) {
      data_.warnings.push_back(base::Cat("the class '", name(most), "' has ", *most,
                                         " pictures and '", name(least), "' ", *least,
                                         "; rare classes are learned badly: add pictures, or weigh "
                                         "classes evenly with --balanced"));
    }
    return {};
  }

  const TrainingDataOptions& options_;
  base::ThreadPool& pool_;
  TrainingData data_;
};

}  // namespace

void TrainingData::ForgetHashes() {
  // A braced nothing would leave the vector its memory.
  for (const std::unique_ptr<TrainingSet>& set : sets) {
    set->hashes = std::vector<data::ContentHash>();
  }
}

TrainingDataOptions ResolveFolders(TrainingDataOptions options) {
  constexpr std::array<std::string_view, 2> kTraining = {"train", "training"};
  constexpr std::array<std::string_view, 3> kValidation = {"validation", "val", "valid"};
  constexpr std::array<std::string_view, 1> kTest = {"test"};
  const std::string training = SubFolder(options.data, kTraining);
  std::string validation = SubFolder(options.data, kValidation);
  std::string test = SubFolder(options.data, kTest);
  if (training.empty() || (validation.empty() && test.empty())) return options;
  options.data = training;
  if (validation.empty() && options.validation.empty()) validation = std::exchange(test, "");
  if (options.validation.empty()) options.validation = validation;
  if (options.test.empty()) options.test = test;
  return options;
}

Result<TrainingData> OpenTrainingData(const TrainingDataOptions& options, base::ThreadPool& pool) {
  const TrainingDataOptions resolved = ResolveFolders(options);
  return Opening(resolved, pool).Open();
}

}  // namespace goldcrest::pipeline
