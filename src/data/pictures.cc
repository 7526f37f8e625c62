#include "data/pictures.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "base/file.h"

namespace goldcrest::data {
namespace {

namespace fs = std::filesystem;

bool IsHidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool HasPictureName(const fs::path& path) {
  constexpr std::array<std::string_view, 5> kExtensions = {".jpg", ".jpeg", ".jpe", ".png", ".bmp"};
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(kExtensions, extension) != kExtensions.end();
}

bool HasPictureContent(const fs::path& path) {
  auto file = base::MappedFile::Open(path.string());
  return file && decode::IsPicture((*file)->bytes());
}

Status AddPictures(const fs::path& folder, bool follow_links, std::vector<std::string>& found) {
  std::error_code error;
  auto entry = fs::directory_iterator(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    std::error_code ignored;
    if (IsHidden(path)) continue;
    if (entry->is_directory(ignored)) {
      if (entry->is_symlink(ignored) && !follow_links) continue;
      GOLDCREST_RETURN_IF_ERROR(AddPictures(path, false, found));
    } else if (entry->is_regular_file(ignored)) {
      if (HasPictureName(path) || HasPictureContent(path)) found.push_back(path.string());
    }
  }
  if (!error) return {};
  return Fail(ErrorCode::kIo, "reading the folder ", folder.string(), " › ", error.message());
}

// Rows together with the file that they come from.
class FileRows final : public image::RowSource {
 public:
  FileRows(std::string path, std::shared_ptr<const base::MappedFile> file,
           std::unique_ptr<image::RowSource> rows)
      : path_(std::move(path)), file_(std::move(file)), rows_(std::move(rows)) {
    SetSize(rows_->width(), rows_->height(), rows_->orientation(), rows_->reduction());
  }

  Result<const uint8_t*> NextRow() override {
    Result<const uint8_t*> row = rows_->NextRow();
    if (!row) row.error().context.push_back(base::Cat("reading ", path_));
    return row;
  }

 private:
  std::string path_;
  std::shared_ptr<const base::MappedFile> file_;
  std::unique_ptr<image::RowSource> rows_;
};

}  // namespace

Result<std::vector<std::string>> PicturesBelow(const std::string& folder) {
  std::vector<std::string> found;
  GOLDCREST_RETURN_IF_ERROR(AddPictures(folder, true, found));
  std::ranges::sort(found);
  return found;
}

Result<std::vector<std::string>> ListPictures(const std::vector<std::string>& paths) {
  std::vector<std::string> pictures;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      GOLDCREST_TRY(std::vector<std::string> found, PicturesBelow(path));
      if (found.empty()) {
        return Fail(ErrorCode::kNotFound, "the folder ", path, " holds no ", kPictureKinds);
      }
      pictures.insert(pictures.end(), found.begin(), found.end());
    } else {
      pictures.push_back(path);
    }
  }
  return pictures;
}

decode::Rows OpenPicture(const std::string& path, const tensor::InputContract& contract,
                         int64_t most_pixels, decode::Precision precision,
                         const std::string& name) {
  const std::string& called = name.empty() ? path : name;
  auto open = [&]() -> decode::Rows {
    GOLDCREST_TRY(auto file, base::MappedFile::Open(path));
    const decode::Options options{
        .dct = contract.dct,
        .exif_orientation = contract.exif_orientation,
        .most_pixels = most_pixels,
        .precision = precision,
        .contract = contract,
        .done_with = [mapped = file.get()](auto part) { mapped->Release(part); }};
    GOLDCREST_TRY(std::unique_ptr<image::RowSource> rows, decode::OpenRows(file->bytes(), options));
    return std::make_unique<FileRows>(called, std::move(file), std::move(rows));
  };
  return Within(base::Cat("reading ", called), open());
}

}  // namespace goldcrest::data
