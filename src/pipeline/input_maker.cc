#include "pipeline/input_maker.h"

#include <array>

namespace goldcrest::pipeline {

tensor::InputContract BytesOf(tensor::InputContract contract) {
  contract.color = tensor::ColorOrder::kRgb;
  contract.normalization = {};
  contract.dtype = tensor::DType::kUInt8;
  contract.scale = 1;
  contract.zero_point = 0;
  return contract;
}

Result<InputMaker> InputMaker::Create(const tensor::InputContract& contract,
                                      const augment::Policy& augmentation) {
  if (contract.dtype != tensor::DType::kFloat32) {
    return Fail(ErrorCode::kUnsupported, "pictures to learn from as an input of ",
                tensor::NameOf(contract.dtype), "; networks learn from floats");
  }
  tensor::InputContract whole = contract;
  whole.crop = tensor::CropKind::kNone;
  GOLDCREST_TRY(image::Preprocessor normalize, image::Preprocessor::Create(whole));
  return InputMaker(contract, augmentation, std::move(normalize));
}

Status InputMaker::Make(const augment::Occasion& occasion, image::Picture& picture,
                        std::span<float> input) {
  augmenter_.Apply(occasion, picture);
  const std::array<int64_t, 4> shape = {1, contract_.height, contract_.width,
                                        std::ssize(input) / (contract_.height * contract_.width)};
  return normalize_.Run(picture, {tensor::DType::kFloat32, shape, std::as_writable_bytes(input)});
}

}  // namespace goldcrest::pipeline
