// Bytes of the network's size → the network's input.
#pragma once

#include <span>

#include "augment/augmenter.h"
#include "base/result.h"
#include "image/preprocess.h"
#include "tensor/input_contract.h"

namespace goldcrest::pipeline {

// The contract of what InputMaker reads: RGB bytes of that size, cropped and resized.
tensor::InputContract BytesOf(tensor::InputContract contract);

// For one thread.
class InputMaker {
 public:
  // An error where the network's input is of another type than float32.
  static Result<InputMaker> Create(const tensor::InputContract& contract,
                                   const augment::Policy& augmentation);

  // Changes the picture as the occasion has it, and normalises it.
  Status Make(const augment::Occasion& occasion, image::Picture& picture, std::span<float> input);

 private:
  InputMaker(const tensor::InputContract& contract, const augment::Policy& augmentation,
             image::Preprocessor normalize)
      : contract_(contract),
        normalize_(std::move(normalize)),
        augmenter_(augmentation, contract.width, contract.height) {}

  tensor::InputContract contract_;
  image::Preprocessor normalize_;
  augment::Augmenter augmenter_;
};

}  // namespace goldcrest::pipeline
