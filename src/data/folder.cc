#include "data/folder.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/file.h"
#include "data/pictures.h"

namespace goldcrest::data {
namespace {

namespace fs = std::filesystem;

// Files in the folder that are data sets of their own: "; it holds data_batch_1.bin: name that".
std::string OtherSets(const std::string& folder) {
  constexpr std::array<std::string_view, 5> kExtensions = {".bin", ".npy", ".npz", ".tsv", ".csv"};
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string extension = entry->path().extension().string();
    if (std::ranges::find(kExtensions, extension) == kExtensions.end()) continue;
    found.push_back(entry->path().filename().string());
  }
  if (found.empty()) return "";
  return base::Cat("; it holds ", *std::ranges::min_element(found), ": name that file");
}

// Sub-folders that are none of the classes, because no picture is below them.
std::vector<std::string> EmptySubFolders(const std::string& folder,
                                         const std::vector<std::string>& classes) {
  std::vector<std::string> empty;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name.starts_with('.') || !entry->is_directory(ignored)) continue;
    if (std::ranges::find(classes, name) == classes.end()) empty.push_back(entry->path().string());
  }
  std::ranges::sort(empty);
  return empty;
}

class Folder final : public PictureFiles {
 public:
  Status Fill(const std::string& folder) {
    GOLDCREST_TRY(std::vector<std::string> pictures, PicturesBelow(folder));
    if (pictures.empty()) {
      return Fail(ErrorCode::kNotFound, "the folder ", folder, " and those below it hold no ",
                  kPictureKinds, OtherSets(folder));
    }
    evenly_ = true;
    const fs::path root(folder);
    std::vector<std::string> labels;
    labels.reserve(pictures.size());
    size_t without = 0;
    for (const std::string& picture : pictures) {
      const fs::path inside = fs::path(picture).lexically_relative(root);
      const bool direct = std::distance(inside.begin(), inside.end()) < 2;
      labels.push_back(direct ? "" : inside.begin()->string());
      without += direct ? 1 : 0;
      Add(picture);
    }
    description_ = base::Cat(size(), " pictures");
    if (without == 0) {
      GOLDCREST_RETURN_IF_ERROR(SetLabels(labels));
      description_ += base::Cat(" in ", classes_.size(), " class folders");
      empty_classes_ = EmptySubFolders(folder, classes_);
    } else if (without < pictures.size()) {
      notes_.push_back(base::Cat("the folder ", folder, " holds ", without,
                                 " pictures beside its sub-folders, which are therefore not taken "
                                 "for classes"));
    }
    return {};
  }
};

class OnePicture final : public PictureFiles {
 public:
  explicit OnePicture(const std::string& path) {
    Add(path);
    description_ = "1 picture";
  }
};

}  // namespace

decode::Rows PictureFiles::OpenRows(int64_t i, const tensor::InputContract& contract,
                                    int64_t most_pixels, decode::Precision precision) const {
  return OpenPicture(name(i), contract, most_pixels, precision);
}

Result<ContentHash> PictureFiles::Hash(int64_t i) const {
  const std::string path = name(i);
  GOLDCREST_TRY(const auto file, Within(base::Cat("reading ", path), base::MappedFile::Open(path)));
  return HashOf(file->bytes());
}

Result<std::unique_ptr<DataSet>> OpenFolder(const std::string& folder) {
  auto set = std::make_unique<Folder>();
  GOLDCREST_RETURN_IF_ERROR(set->Fill(folder));
  return set;
}

Result<std::unique_ptr<DataSet>> OpenPictureFile(const std::string& path) {
  return std::make_unique<OnePicture>(path);
}

}  // namespace goldcrest::data
