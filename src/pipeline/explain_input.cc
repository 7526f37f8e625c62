#include "pipeline/explain_input.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/file.h"
#include "data/pictures.h"
#include "decode/bmp.h"
#include "decode/jpeg.h"
#include "decode/png.h"
#include "image/crop.h"
#include "image/orientation.h"
#include "image/preprocess.h"
#include "pipeline/model_file.h"

namespace goldcrest::pipeline {
namespace {

using tensor::ColorOrder;
using tensor::DType;
using tensor::InputContract;

constexpr size_t kFirst = 12;

// The elements of any step, exact as floats.
using Elements = std::vector<float>;

SomeValues ValuesOf(const Elements& elements) {
  SomeValues values;
  values.first.assign(elements.begin(),
                      elements.begin() + static_cast<ptrdiff_t>(std::min(kFirst, elements.size())));
  const auto [min, max] = std::ranges::minmax(elements);
  values.min = min;
  values.max = max;
  double sum = 0;
  for (float x : elements) sum += x;
  values.mean = sum / static_cast<double>(elements.size());
  return values;
}

std::string FormatName(const std::string& path) {
  auto file = base::MappedFile::Open(path);
  if (!file) return "";
  if (decode::SniffPng((*file)->bytes())) return "PNG";
  return decode::SniffBmp((*file)->bytes()) ? "BMP" : "JPEG";
}

// The picture as it is stored, and its EXIF orientation.
Result<image::Picture> DecodeAll(const ExplainInputOptions& options, const InputContract& contract,
                                 int& orientation) {
  GOLDCREST_TRY(std::unique_ptr<image::RowSource> rows,
                data::OpenPicture(options.picture, contract, options.most_pixels));
  image::Picture picture{rows->width(), rows->height(), {}};
  for (int64_t y = 0; y < picture.height; ++y) {
    GOLDCREST_TRY(const uint8_t* row, rows->NextRow());
    picture.rgb.insert(picture.rgb.end(), row, row + picture.width * 3);
  }
  orientation = rows->orientation();
  return picture;
}

Elements PartOf(const image::Picture& picture, const image::Region& region) {
  Elements elements;
  elements.reserve(static_cast<size_t>(region.width * region.height * 3));
  for (int64_t y = 0; y < region.height; ++y) {
    const int64_t from = ((region.top + y) * picture.width + region.left) * 3;
    const auto row = picture.rgb.begin() + from;
    elements.insert(elements.end(), row, row + region.width * 3);
  }
  return elements;
}

// An upright picture through a contract.
Result<Elements> Preprocess(const InputContract& contract, const image::Picture& picture) {
  GOLDCREST_TRY(auto preprocessor, image::Preprocessor::Create(contract));
  const int64_t channels = contract.color == ColorOrder::kGray ? 1 : 3;
  GOLDCREST_TRY(auto tensor, tensor::Tensor::Create(
                                 contract.dtype, {1, contract.height, contract.width, channels}));
  GOLDCREST_RETURN_IF_ERROR(preprocessor.Run(picture, tensor.mutable_view()));
  Elements elements(*tensor::ElementCount(tensor.shape()));
  for (size_t i = 0; i < elements.size(); ++i) {
    elements[i] = static_cast<float>(tensor::ElementAsDouble(tensor.view(), i));
  }
  return elements;
}

InputContract AsFloats(InputContract contract) {
  contract.dtype = DType::kFloat32;
  contract.scale = 0;
  contract.zero_point = 0;
  return contract;
}

InputContract AsBytes(InputContract contract) {
  contract = AsFloats(contract);
  contract.normalization = {};
  return contract;
}

// What a tensor of the contract's type holds for reals, and back.
class Coding {
 public:
  explicit Coding(const InputContract& contract)
      : integer_(contract.dtype != DType::kFloat32),
        scale_(static_cast<float>(contract.scale)),
        zero_point_(static_cast<float>(contract.zero_point)),
        low_(contract.dtype == DType::kInt8 ? -128 : 0) {}

  bool integer() const { return integer_; }
  bool is_signed() const { return low_ < 0; }
  float Clamp(float q) const { return std::clamp(q, low_, low_ + 255); }
  float Encode(float real) const {
    return integer_ ? Clamp(std::rint(real / scale_) + zero_point_) : real;
  }
  float Decode(float element) const {
    return integer_ ? (element - zero_point_) * scale_ : element;
  }

 private:
  bool integer_;
  float scale_;
  float zero_point_;
  float low_;
};

template <class Change>
Elements Changed(const Elements& elements, const Change& change) {
  Elements changed(elements.size());
  std::ranges::transform(elements, changed.begin(), change);
  return changed;
}

// Makes the steps; the elements of those that mistakes start from stay.
class Explainer {
 public:
  Explainer(const InputContract& contract, InputExplanation& out)
      : contract_(contract), coding_(contract), out_(out) {}

  Status Steps(const ExplainInputOptions& options) {
    int orientation = 1;
    GOLDCREST_TRY(picture_, DecodeAll(options, contract_, orientation));
    Add("decode", FormatName(options.picture), picture_.width, picture_.height, Whole());
    image::ApplyOrientation(orientation, picture_);
    Add("turn upright", UprightText(orientation), picture_.width, picture_.height, Whole());
    const image::Region region = image::CropRegion(contract_, picture_.width, picture_.height);
    Add("crop",
        base::Cat(tensor::ToString(contract_.crop, contract_.crop_fraction), ", from ", region.left,
                  ", ", region.top),
        region.width, region.height, PartOf(picture_, region));
    InputContract resized = AsBytes(contract_);
    resized.color = ColorOrder::kRgb;
    GOLDCREST_TRY(bytes_, Preprocess(resized, picture_));
    Add("resize", base::Cat(tensor::NameOf(contract_.resize), ", rounded to bytes"),
        contract_.width, contract_.height, bytes_);
    if (contract_.color != ColorOrder::kRgb) {
      GOLDCREST_TRY(bytes_, Preprocess(AsBytes(contract_), picture_));
      Add("order colors", std::string(tensor::NameOf(contract_.color)), contract_.width,
          contract_.height, bytes_);
    }
    GOLDCREST_TRY(reals_, Preprocess(AsFloats(contract_), picture_));
    Add("normalize", base::Cat("--normalize ", tensor::ToString(contract_.normalization)),
        contract_.width, contract_.height, reals_, DType::kFloat32);
    right_ = reals_;
    if (!coding_.integer()) return {};
    GOLDCREST_TRY(right_, Preprocess(contract_, picture_));
    Add("quantize",
        base::Cat("rint(x / ", static_cast<float>(contract_.scale), ") + ", contract_.zero_point,
                  ", clamped"),
        contract_.width, contract_.height, right_, contract_.dtype);
    return {};
  }

  Status Mistakes() {
    auto encode = [&](float real) { return coding_.Encode(real); };
    Mistake("cast before scaling", "normalized values made integers before (or without) the scale",
            Changed(reals_, [&](float x) {
              const float whole = std::trunc(x) + 0.0F;  // no negative zero
              return coding_.integer() ? coding_.Clamp(whole) : whole;
            }));
    GOLDCREST_TRY(Elements twice, DividedTwice());
    Mistake("divided by 255 twice", "bytes are x / 255 already when they are normalized",
            Changed(twice, encode));
    if (coding_.integer()) {
      Mistake(coding_.is_signed() ? "int8 read as uint8" : "uint8 read as int8",
              coding_.is_signed() ? "values 0 to 255 written where -128 to 127 are expected"
                                  : "values -128 to 127 written where 0 to 255 are expected",
              Changed(right_, [&](float q) {
                // The same bits with the highest one flipped.
                return q < (coding_.is_signed() ? 0 : 128) ? q + 128 : q - 128;
              }));
    }
    if (contract_.color != ColorOrder::kGray) {
      InputContract swapped = contract_;
      const bool rgb = contract_.color == ColorOrder::kRgb;
      swapped.color = rgb ? ColorOrder::kBgr : ColorOrder::kRgb;
      GOLDCREST_TRY(Elements other, Preprocess(swapped, picture_));
      Mistake("red and blue swapped", rgb ? "bgr, as OpenCV reads pictures" : "rgb", other);
    }
    Mistake("no normalization", "bytes where normalized values are expected",
            Changed(bytes_, encode));
    return {};
  }

 private:
  static std::string UprightText(int orientation) {
    return orientation == 1 ? "nothing to do" : base::Cat("EXIF orientation ", orientation);
  }

  Elements Whole() const { return {picture_.rgb.begin(), picture_.rgb.end()}; }

  void Add(std::string name, std::string what, int64_t width, int64_t height,
           const Elements& elements, DType type = DType::kUInt8) {
    const int64_t channels = std::ssize(elements) / (width * height);
    out_.steps.push_back({std::move(name), std::move(what), width, height, channels,
                          std::string(tensor::NameOf(type)), ValuesOf(elements)});
  }

  void Mistake(std::string name, std::string what, const Elements& wrong) {
    double sum = 0;
    for (size_t i = 0; i < wrong.size(); ++i) {
      sum += std::fabs(coding_.Decode(wrong[i]) - coding_.Decode(right_[i]));
    }
    out_.mistakes.push_back({std::move(name), std::move(what), ValuesOf(wrong),
                             sum / static_cast<double>(wrong.size())});
  }

  // The normalization of x / 255.
  Result<Elements> DividedTwice() const {
    std::array<double, 3> mean;
    std::array<double, 3> std;
    tensor::MeanAndStd(contract_.normalization, mean, std);
    Elements twice(bytes_.size());
    const size_t channels = contract_.color == ColorOrder::kGray ? 1 : 3;
    for (size_t i = 0; i < twice.size(); ++i) {
      const size_t c = i % channels;
      twice[i] = static_cast<float>((bytes_[i] / 255.0 - mean[c]) / std[c]);
    }
    return twice;
  }

  InputContract contract_;
  Coding coding_;
  InputExplanation& out_;
  image::Picture picture_;  // upright, once that step is done
  Elements bytes_;          // of the model's size and color order
  Elements reals_;          // normalized
  Elements right_;          // the model's input
};

}  // namespace

Result<InputExplanation> ExplainInput(const ExplainInputOptions& options) {
  InputExplanation out;
  GOLDCREST_TRY(graph::Graph graph, ReadModel(options.model, options.import));
  out.notes = graph.metadata.notes;
  GOLDCREST_RETURN_IF_ERROR(api::ResolveInputContract(options.contract, graph, out.notes));
  if (!graph.metadata.input_contract) {
    return Fail(ErrorCode::kUnsupported, "the model ", options.model,
                " does not say how pictures become its input; state it with --normalize "
                "tf|torch|caffe|unit|none|MEAN,STD");
  }
  const InputContract& contract = *graph.metadata.input_contract;
  GOLDCREST_TRY(auto checked, image::Preprocessor::Create(contract));
  out.input_contract = tensor::Describe(contract);
  out.input_contract_from = graph.metadata.input_contract_from;
  Explainer explainer(contract, out);
  GOLDCREST_RETURN_IF_ERROR(explainer.Steps(options));
  GOLDCREST_RETURN_IF_ERROR(explainer.Mistakes());
  return out;
}

}  // namespace goldcrest::pipeline
