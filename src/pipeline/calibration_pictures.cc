#include "pipeline/calibration_pictures.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/file.h"
#include "image/preprocess.h"
#include "pipeline/pictures.h"

namespace goldcrest::pipeline {
namespace {

namespace fs = std::filesystem;

// Input tensors that are kept, so that a picture is decoded once; the rest is read time and again.
constexpr size_t kMostKeptBytes = size_t{96} << 20;

Result<std::vector<std::string>> ListedPictures(const std::string& path) {
  GOLDCREST_TRY(auto file, base::MappedFile::Open(path));
  std::string_view text = base::AsText(file->bytes());
  std::vector<std::string> pictures;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) pictures.push_back((fs::path(path).parent_path() / line).string());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (pictures.empty()) return Fail(ErrorCode::kInvalid, "the list ", path, " names no pictures");
  return pictures;
}

Result<std::vector<std::string>> PicturesOf(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return ListPictures({path});
  if (!fs::exists(path, error)) return Fail(ErrorCode::kNotFound, base::MissingFileMessage(path));
  return ListedPictures(path);
}

}  // namespace

Result<tensor::Tensor> CalibrationPictures::ReadFile(const std::string& path) const {
  const int64_t channels = contract_.color == tensor::ColorOrder::kGray ? 1 : 3;
  GOLDCREST_TRY(auto tensor,
                tensor::Tensor::Create(tensor::DType::kFloat32,
                                       {1, contract_.height, contract_.width, channels}));
  GOLDCREST_TRY(auto preprocessor, image::Preprocessor::Create(contract_));
  GOLDCREST_TRY(std::unique_ptr<image::RowSource> rows, OpenPicture(path, contract_));
  GOLDCREST_RETURN_IF_ERROR(preprocessor.Run(*rows, tensor.mutable_view()));
  return tensor;
}

Result<std::unique_ptr<CalibrationPictures>> CalibrationPictures::Open(
    const std::string& path, const tensor::InputContract& contract, base::ThreadPool& pool,
    const quantize::Progress& progress) {
  GOLDCREST_TRY(std::vector<std::string> paths, PicturesOf(path));
  std::unique_ptr<CalibrationPictures> pictures(new CalibrationPictures());
  pictures->contract_ = contract;
  size_t kept_bytes = 0;
  const auto step = static_cast<size_t>(pool.threads());
  for (size_t first = 0; first < paths.size(); first += step) {
    progress(static_cast<double>(first) / static_cast<double>(paths.size()), "reading pictures");
    const size_t count = std::min(step, paths.size() - first);
    std::vector<std::optional<Result<tensor::Tensor>>> read(count);
    pool.ForEach(static_cast<int64_t>(count), [&](int64_t i) noexcept {
      const auto at = static_cast<size_t>(i);
      read[at].emplace(pictures->ReadFile(paths[first + at]));
    });
    for (size_t i = 0; i < count; ++i) {
      Result<tensor::Tensor>& tensor = *read[i];
      if (!tensor) {
        pictures->unreadable_.push_back(tensor.error().ToString());
        continue;
      }
      const bool all_kept = pictures->kept_.size() == pictures->paths_.size();
      pictures->paths_.push_back(paths[first + i]);
      kept_bytes += tensor->view().bytes.size();
      if (all_kept && kept_bytes <= kMostKeptBytes) pictures->kept_.push_back(*std::move(tensor));
    }
  }
  if (!pictures->paths_.empty()) return pictures;
  return Fail(ErrorCode::kInvalid, "none of the ", paths.size(), " pictures of ", path,
              " can be read; the first: ", pictures->unreadable_.front());
}

Status CalibrationPictures::Read(int64_t index, tensor::MutableTensorView input) const {
  const auto at = static_cast<size_t>(index);
  if (at < kept_.size()) {
    std::ranges::copy(kept_[at].view().bytes, input.bytes.begin());
    return {};
  }
  GOLDCREST_TRY(tensor::Tensor tensor, ReadFile(paths_[at]));
  std::ranges::copy(tensor.view().bytes, input.bytes.begin());
  return {};
}

}  // namespace goldcrest::pipeline
