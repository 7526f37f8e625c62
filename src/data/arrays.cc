#include "data/arrays.h"

#include <algorithm>
#include <array>

#include "archive/zip_reader.h"
#include "base/file.h"
#include "data/memory_picture.h"
#include "tensor/npy.h"

namespace goldcrest::data {
namespace {

constexpr std::string_view kNpyMark = "\x93NUMPY";
constexpr std::string_view kZipMark = "PK\x03\x04";
constexpr std::string_view kSuffix = ".npy";
constexpr std::array<std::string_view, 3> kArrayNames = {"x.npy", "data.npy", "images.npy"};
constexpr std::array<std::string_view, 3> kLabelNames = {"label.npy", "labels.npy", "y.npy"};

// The array that holds the samples, among entries whose headers can be read.
Result<std::string> ChooseArray(const archive::ZipReader& zip) {
  std::vector<std::pair<size_t, std::string>> by_rank;
  for (const std::string& name : zip.names()) {
    if (!name.ends_with(kSuffix)) continue;
    GOLDCREST_TRY(base::AlignedBuffer entry, zip.Read(name));
    auto header = tensor::ReadNpyHeader(entry.bytes());
    if (!header) continue;  // texts, or what else NumPy stores
    if (std::ranges::find(kArrayNames, name) != kArrayNames.end()) return name;
    by_rank.emplace_back(header->shape.size(), name);
  }
  std::ranges::sort(by_rank, std::greater());
  if (by_rank.empty() || by_rank[0].first < 2) {
    return Fail(ErrorCode::kNotFound, "the archive holds no array of two dimensions or more");
  }
  if (by_rank.size() > 1 && by_rank[0].first == by_rank[1].first) {
    return Fail(ErrorCode::kInvalid, "the archive holds several arrays of ", by_rank[0].first,
                " dimensions (", by_rank[1].second, ", ", by_rank[0].second,
                "); call the one that is meant x");
  }
  return by_rank[0].second;
}

class Arrays final : public DataSet {
 public:
  Status FillFromNpy(const std::string& path, std::shared_ptr<const base::MappedFile> file) {
    bytes_ = file->bytes();
    file_ = std::move(file);
    return Fill(path, {});
  }

  Status FillFromNpz(const std::string& path, std::span<const std::byte> file) {
    GOLDCREST_TRY(archive::ZipReader zip, archive::ZipReader::Open(file));
    GOLDCREST_TRY(std::string name, ChooseArray(zip));
    GOLDCREST_TRY(unpacked_, zip.Read(name));
    bytes_ = unpacked_.bytes();
    for (std::string_view labels : kLabelNames) {
      if (!zip.Has(std::string(labels))) continue;
      GOLDCREST_TRY(base::AlignedBuffer entry, zip.Read(std::string(labels)));
      return Within(base::Cat("array ", name), Fill(path, entry.bytes()));
    }
    return Within(base::Cat("array ", name), Fill(path, {}));
  }

  Result<ContentHash> Hash(int64_t i) const override { return HashOf(Elements(i)); }

  decode::Rows OpenRows(int64_t i, const tensor::InputContract&, int64_t,
                        decode::Precision) const override {
    if (!size_) {
      return Fail(ErrorCode::kUnsupported, name(i), " is no picture but ",
                  tensor::NameOf(header_.dtype), tensor::ToString(sample_shape_),
                  "; pictures are uint8[height, width, 3]");
    }
    const std::span<const std::byte> elements = Elements(i);
    const size_t pixels = static_cast<size_t>(size_->width * size_->height);
    const size_t channels = elements.size() / pixels;
    image::Picture picture{size_->width, size_->height, std::vector<uint8_t>(pixels * 3)};
    for (size_t at = 0; at < picture.rgb.size(); ++at) {
      const size_t from = channels == 3 ? at : at / 3;
      picture.rgb[at] = std::to_integer<uint8_t>(elements[from]);
    }
    return std::make_unique<MemoryPicture>(std::move(picture));
  }

  std::optional<tensor::TensorView> Array(int64_t i) const override {
    return tensor::TensorView{header_.dtype, sample_shape_, Elements(i)};
  }

  std::optional<PictureSize> fixed_size() const override { return size_; }

 private:
  Status Fill(const std::string& path, std::span<const std::byte> label_file) {
    GOLDCREST_TRY(header_, tensor::ReadNpyHeader(bytes_));
    const tensor::Shape& shape = header_.shape;
    const int64_t elements = tensor::ElementCount(shape).value_or(0);
    if (shape.size() < 2 || elements == 0) {
      return Fail(ErrorCode::kInvalid, "the array ", tensor::ToString(shape),
                  " holds no samples: the first dimension counts them, the others are a sample's");
    }
    if (shape[0] > kMostSamples) {
      return Fail(ErrorCode::kLimit, "the array ", tensor::ToString(shape), " holds more than ",
                  kMostSamples, " samples");
    }
    sample_shape_.assign(shape.begin() + 1, shape.end());
    sample_bytes_ = (bytes_.size() - header_.offset) / static_cast<size_t>(shape[0]);
    const bool color = shape.size() == 4 && (shape[3] == 3 || shape[3] == 1);
    if (header_.dtype == tensor::DType::kUInt8 && (color || shape.size() == 3)) {
      size_ = PictureSize{.width = shape[2], .height = shape[1]};
    }
    for (int64_t i = 0; i < shape[0]; ++i) Add(base::Cat(path, "[", i, "]"));
    description_ = base::Cat(shape[0], size_ ? " pictures" : " tensors", " ",
                             tensor::NameOf(header_.dtype), tensor::ToString(sample_shape_));
    return label_file.empty() ? Status() : ReadLabels(label_file);
  }

  Status ReadLabels(std::span<const std::byte> file) {
    GOLDCREST_TRY(tensor::Tensor array, Within("the labels", tensor::ReadNpy(file)));
    using tensor::DType;
    const bool integers = array.dtype() == DType::kInt64 || array.dtype() == DType::kInt32 ||
                          array.dtype() == DType::kInt16 || array.dtype() == DType::kUInt8;
    if (!integers || array.shape() != tensor::Shape{size()}) {
      return Fail(ErrorCode::kInvalid, "the labels are ", tensor::NameOf(array.dtype()),
                  tensor::ToString(array.shape()), "; expected are integers of shape [", size(),
                  "]");
    }
    std::vector<std::string> labels;
    const auto count = static_cast<size_t>(size());
    labels.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      labels.push_back(base::Cat(static_cast<int64_t>(tensor::ElementAsDouble(array.view(), i))));
    }
    return SetLabels(labels);
  }

  std::span<const std::byte> Elements(int64_t i) const {
    const auto at = header_.offset + static_cast<size_t>(i) * sample_bytes_;
    return bytes_.subspan(at, sample_bytes_);
  }

  std::shared_ptr<const base::MappedFile> file_;
  base::AlignedBuffer unpacked_;
  std::span<const std::byte> bytes_;  // of one of them
  tensor::NpyHeader header_;
  tensor::Shape sample_shape_;
  size_t sample_bytes_ = 0;
  std::optional<PictureSize> size_;
};

}  // namespace

bool SniffArrays(std::span<const std::byte> file) {
  const std::string_view text = base::AsText(file);
  return text.starts_with(kNpyMark) || text.starts_with(kZipMark);
}

Result<std::unique_ptr<DataSet>> OpenArrays(const std::string& path,
                                            std::shared_ptr<const base::MappedFile> file) {
  auto set = std::make_unique<Arrays>();
  if (base::AsText(file->bytes()).starts_with(kNpyMark)) {
    GOLDCREST_RETURN_IF_ERROR(set->FillFromNpy(path, std::move(file)));
  } else {
    GOLDCREST_RETURN_IF_ERROR(set->FillFromNpz(path, file->bytes()));
  }
  return set;
}

}  // namespace goldcrest::data
