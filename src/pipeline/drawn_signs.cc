#include "pipeline/drawn_signs.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/file.h"
#include "drawing/signs.h"
#include "events/png.h"

namespace goldcrest::pipeline {
namespace {

constexpr int64_t kPicturesBetweenReports = 96;

std::string NumberedFile(const DrawnSignsOptions& options, const drawing::Sign& sign,
                         int64_t index) {
  std::string number = base::Cat(index);
  number.insert(0, 4 - std::min<size_t>(number.size(), 4), '0');
  return base::Cat(options.folder, "/", sign.name, "/", number, ".png");
}

}  // namespace

Status WritePng(const std::string& path, const image::Picture& picture) {
  GOLDCREST_TRY(const std::string png,
                events::EncodePng(picture.width, picture.height, picture.rgb));
  return base::WriteFile(path, base::AsBytes(png));
}

Status MakeFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  // What is a file already is no error of the call.
  if (!error && !std::filesystem::is_directory(folder, error) && !error) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (!error) return {};
  return Fail(ErrorCode::kIo, "the folder ", folder, " cannot be made: ", error.message());
}

Status WriteDrawnSigns(const DrawnSignsOptions& options, base::ThreadPool& pool,
                       const std::function<void(double share)>& progress) {
  const std::vector<drawing::Sign>& signs = drawing::Signs();
  for (const drawing::Sign& sign : signs) {
    GOLDCREST_RETURN_IF_ERROR(MakeFolder(base::Cat(options.folder, "/", sign.name)));
  }
  const auto classes = static_cast<int64_t>(signs.size());
  const int64_t all = options.pictures * classes;
  for (int64_t first = 0; first < all; first += kPicturesBetweenReports) {
    progress(static_cast<double>(first) / static_cast<double>(all));
    const int64_t count = std::min(kPicturesBetweenReports, all - first);
    std::vector<Status> written(static_cast<size_t>(count));
    pool.ForEach(count, [&](int64_t i) noexcept {
      const auto sign = static_cast<size_t>((first + i) % classes);
      const int64_t index = (first + i) / classes;
      written[static_cast<size_t>(i)] =
          WritePng(NumberedFile(options, signs[sign], index),
                   drawing::Draw(
                       {.sign = sign, .part = options.part, .index = index, .seed = options.seed}));
    });
    for (const Status& one : written) GOLDCREST_RETURN_IF_ERROR(one);
  }
  for (const drawing::Sign& sign : signs) {
    std::error_code ignored;
    for (int64_t old = options.pictures;
         std::filesystem::remove(NumberedFile(options, sign, old), ignored); ++old) {
    }
  }
  return {};
}

}  // namespace goldcrest::pipeline
