#include "pipeline/check_data.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/thread_pool.h"
#include "data/data_set.h"
#include "decode/describe.h"
#include "image/orientation.h"
#include "pipeline/training_data.h"

namespace goldcrest::pipeline {
namespace {

namespace fs = std::filesystem;

// A picture of one of the sets.
struct Picture {
  const data::DataSet* set;
  int64_t index;
  size_t in_class;
  bool validation;
  // What decoding it has told:
  int64_t width = 0, height = 0;  // upright
  data::ContentHash pixels;
  decode::Description file;
  std::string error;  // empty: none

  std::string name() const { return set->name(index); }
};

// Of the upright size and all pixels, as stored.
Status Decode(int64_t most_pixels, Picture& picture) {
  GOLDCREST_TRY(const std::unique_ptr<image::RowSource> rows,
                picture.set->OpenRows(picture.index, tensor::InputContract(), most_pixels,
                                      decode::Precision::kExact));
  picture.width = rows->width();
  picture.height = rows->height();
  if (image::TurnOf(rows->orientation()).swapped) std::swap(picture.width, picture.height);
  const int64_t first[] = {picture.width, picture.height, rows->orientation()};
  picture.pixels = data::HashOf(std::as_bytes(std::span(first)));
  for (int64_t y = 0; y < rows->height(); ++y) {
    GOLDCREST_TRY(const uint8_t* row, rows->NextRow());
    const auto bytes = std::as_bytes(std::span(row, static_cast<size_t>(rows->width() * 3)));
    const data::ContentHash both[] = {picture.pixels, data::HashOf(bytes)};
    picture.pixels = data::HashOf(std::as_bytes(std::span(both)));
  }
  return {};
}

void Look(int64_t most_pixels, Picture& picture) {
  if (const std::string path = picture.set->FileOf(picture.index); !path.empty()) {
    if (auto file = base::MappedFile::Open(path)) picture.file = decode::Describe((*file)->bytes());
  }
  if (const Status decoded = Decode(most_pixels, picture); !decoded) {
    picture.error = decoded.error().ToString();
  }
}

// "reading NAME › what is wrong" without what the name tells already.
std::string WithoutName(const std::string& error, const std::string& name) {
  const std::string context = base::Cat("reading ", name, " › ");
  return error.starts_with(context) ? error.substr(context.size()) : error;
}

class Checking {
 public:
  explicit Checking(const CheckDataOptions& options) : options_(options) {}

  Result<DataCheck> Run(const std::function<void(double share)>& progress) {
    const TrainingDataOptions folders = ResolveFolders({.data = options_.data});
    GOLDCREST_RETURN_IF_ERROR(Add(folders.data, false));
    for (const std::string& judged : {folders.validation, folders.test}) {
      if (!judged.empty()) GOLDCREST_RETURN_IF_ERROR(Add(judged, true));
    }
    LookAtAll(progress);
    for (const Picture& picture : pictures_) Judge(picture);
    FindDuplicates();
    JudgeClasses();
    return std::move(check_);
  }

 private:
  Status Add(const std::string& path, bool validation) {
    GOLDCREST_TRY(auto set, data::Open(path, {.fetch = options_.fetch}));
    if (set->Array(0) && !set->fixed_size()) {
      return Fail(ErrorCode::kUnsupported, path, " holds tensors, which are no pictures to check");
    }
    check_.description += base::Cat(validation ? "; to judge by, " : "", set->description());
    check_.notes.insert(check_.notes.end(), set->notes().begin(), set->notes().end());
    std::vector<std::string> names = set->classes();
    if (names.empty()) names.emplace_back();
    std::vector<size_t> places;
    places.reserve(names.size());
    for (const std::string& name : names) places.push_back(ClassOf(name));
    for (int64_t i = 0; i < set->size(); ++i) {
      const int64_t label = std::max<int64_t>(set->label(i), 0);
      pictures_.push_back({set.get(), i, places[static_cast<size_t>(label)], validation});
    }
    if (std::error_code ignored; fs::is_directory(path, ignored)) LookThrough(path, *set);
    sets_.push_back(std::move(set));
    return {};
  }

  size_t ClassOf(const std::string& name) {
    const auto found = std::ranges::find(check_.classes, name, &CheckedClass::name);
    const auto place = static_cast<size_t>(found - check_.classes.begin());
    if (found == check_.classes.end()) check_.classes.push_back({.name = name});
    return place;
  }

  // What a folder holds beside the pictures of its set.
  void LookThrough(const std::string& folder, const data::DataSet& set) {
    std::set<std::string> known;
    for (int64_t i = 0; i < set.size(); ++i) known.insert(set.name(i));
    std::vector<std::string> others;
    std::error_code error;
    auto entry = fs::recursive_directory_iterator(folder, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      std::error_code ignored;
      const bool is_folder = entry->is_directory(ignored);
      if (name.starts_with('.')) {
        if (is_folder) entry.disable_recursion_pending();
        continue;
      }
      if (!is_folder && !known.contains(entry->path().string())) {
        others.push_back(entry->path().string());
      }
    }
    std::ranges::sort(others);
    check_.left_out.insert(check_.left_out.end(), others.begin(), others.end());
    check_.empty_classes.insert(check_.empty_classes.end(), set.empty_classes().begin(),
                                set.empty_classes().end());
  }

  void LookAtAll(const std::function<void(double share)>& progress) {
    base::ThreadPool pool(options_.threads);
    std::mutex mutex;  // of progress
    int64_t done = 0;
    pool.ForEach(std::ssize(pictures_), [&](int64_t i) noexcept {
      Look(options_.most_pixels, pictures_[static_cast<size_t>(i)]);
      const std::lock_guard lock(mutex);
      progress(static_cast<double>(++done) / static_cast<double>(pictures_.size()));
    });
  }

  void Judge(const Picture& picture) {
    ++check_.pictures;
    CheckedClass& in_class = check_.classes[picture.in_class];
    const decode::Description& file = picture.file;
    const decode::Format named = decode::FormatOfName(picture.set->FileOf(picture.index));
    if (file.format != decode::Format::kUnknown && named != decode::Format::kUnknown &&
        named != file.format) {
      check_.misnamed.push_back({picture.name(), base::Cat("is a ", decode::NameOf(file.format))});
    }
    if (!picture.error.empty()) {
      ++in_class.broken;
      check_.broken.push_back({picture.name(), WithoutName(picture.error, picture.name())});
      return;
    }
    ++(picture.validation ? in_class.validation : in_class.training);
    if (file.format != decode::Format::kUnknown) {
      ++check_.formats[std::string(decode::NameOf(file.format))];
    }
    check_.gray += file.colors == decode::Colors::kGray ? 1 : 0;
    check_.cmyk += file.colors == decode::Colors::kCmyk ? 1 : 0;
    check_.alpha += file.alpha ? 1 : 0;
    const int64_t shorter = std::min(picture.width, picture.height);
    const int64_t longer = std::max(picture.width, picture.height);
    const std::string size = base::Cat(picture.width, " x ", picture.height, " pixels");
    if (shorter < options_.least_side) check_.tiny.push_back({picture.name(), size});
    if (static_cast<double>(longer) > options_.most_stretch * static_cast<double>(shorter)) {
      check_.stretched.push_back({picture.name(), size});
    }
  }

  void FindDuplicates() {
    std::map<data::ContentHash, std::vector<const Picture*>> same;
    for (const Picture& picture : pictures_) {
      if (picture.error.empty()) same[picture.pixels].push_back(&picture);
    }
    // In the order of their first pictures.
    std::map<const Picture*, std::vector<const Picture*>> groups;
    for (auto& [hash, group] : same) {
      if (group.size() > 1) groups.emplace(group[0], std::move(group));
    }
    for (const auto& [first, group] : groups) {
      auto differs = [&group](auto member) {
        return std::ranges::any_of(group, [&](const Picture* picture) {
          return picture->*member != group.front()->*member;
        });
      };
      auto& list = differs(&Picture::in_class)     ? check_.contradicting
                   : differs(&Picture::validation) ? check_.leaked
                                                   : check_.duplicates;
      std::vector<std::string>& names = list.emplace_back();
      for (const Picture* picture : group) names.push_back(picture->name());
    }
  }

  void JudgeClasses() {
    const auto [least, most] =
        std::ranges::minmax_element(check_.classes, {}, &CheckedClass::training);
    check_.uneven = static_cast<double>(most->training) /
                    static_cast<double>(std::max<int64_t>(least->training, 1));
  }

  const CheckDataOptions& options_;
  DataCheck check_;
  std::vector<std::unique_ptr<const data::DataSet>> sets_;
  std::vector<Picture> pictures_;
};

}  // namespace

Result<DataCheck> CheckData(const CheckDataOptions& options,
                            const std::function<void(double share)>& progress) {
  return Checking(options).Run(progress);
}

}  // namespace goldcrest::pipeline
