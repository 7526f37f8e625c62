#include "data/cifar10.h"

#include <array>
#include <filesystem>

#include "data/memory_picture.h"

namespace goldcrest::data {
namespace {

constexpr int64_t kSide = 32;
constexpr size_t kPlane = 1024;
constexpr size_t kRecord = 1 + 3 * kPlane;
constexpr size_t kClasses = 10;

// The names that lie beside the batch; none where there is no such file of ten lines.
std::vector<std::string> ReadNames(const std::string& batch) {
  std::vector<std::string> names;
  const auto path = std::filesystem::path(batch).parent_path() / "batches.meta.txt";
  auto file = base::MappedFile::Open(path.string());
  if (!file) return names;
  std::string_view text = base::AsText((*file)->bytes());
  while (!text.empty() && names.size() <= kClasses) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) names.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (names.size() != kClasses) names.clear();
  return names;
}

class Cifar10 final : public DataSet {
 public:
  explicit Cifar10(std::shared_ptr<const base::MappedFile> file) : file_(std::move(file)) {}

  Status Fill(const std::string& path) {
    const std::span<const std::byte> bytes = file_->bytes();
    if (bytes.empty() || bytes.size() % kRecord != 0) {
      return Fail(ErrorCode::kInvalid, "is no file of CIFAR-10: its ", bytes.size(),
                  " bytes are no multiple of ", kRecord, " (a label and 32 x 32 x 3 bytes)");
    }
    numbered_ = true;
    classes_ = ReadNames(path);
    for (size_t i = 0; classes_.size() < kClasses; ++i) classes_.push_back(base::Cat(i));
    const auto count = static_cast<int64_t>(bytes.size() / kRecord);
    for (int64_t i = 0; i < count; ++i) {
      const auto label = std::to_integer<int64_t>(bytes[static_cast<size_t>(i) * kRecord]);
      if (label >= static_cast<int64_t>(kClasses)) {
        return Fail(ErrorCode::kInvalid, "is no file of CIFAR-10: picture ", i, " has the class ",
                    label, ", and there are ", kClasses);
      }
      Add(base::Cat(path, "[", i, "]"), label);
    }
    description_ = base::Cat(count, " pictures of CIFAR-10");
    return {};
  }

  decode::Rows OpenRows(int64_t i, const tensor::InputContract&, int64_t,
                        decode::Precision) const override {
    const auto at = static_cast<size_t>(i) * kRecord + 1;
    const std::byte* planes = file_->bytes().data() + at;
    image::Picture picture{kSide, kSide, std::vector<uint8_t>(3 * kPlane)};
    for (size_t pixel = 0; pixel < kPlane; ++pixel) {
      for (size_t c = 0; c < 3; ++c) {
        picture.rgb[pixel * 3 + c] = std::to_integer<uint8_t>(planes[c * kPlane + pixel]);
      }
    }
    return std::make_unique<MemoryPicture>(std::move(picture));
  }

  Result<ContentHash> Hash(int64_t i) const override {
    const auto at = static_cast<size_t>(i) * kRecord + 1;
    return HashOf(file_->bytes().subspan(at, 3 * kPlane));
  }

  std::optional<PictureSize> fixed_size() const override { return PictureSize{kSide, kSide}; }

 private:
  std::shared_ptr<const base::MappedFile> file_;
};

}  // namespace

Result<std::unique_ptr<DataSet>> OpenCifar10(const std::string& path,
                                             std::shared_ptr<const base::MappedFile> file) {
  auto set = std::make_unique<Cifar10>(std::move(file));
  GOLDCREST_RETURN_IF_ERROR(set->Fill(path));
  return set;
}

}  // namespace goldcrest::data
