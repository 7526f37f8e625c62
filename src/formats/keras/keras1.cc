#include "formats/keras/keras1.h"

#include <array>

#include "formats/keras/config.h"

namespace goldcrest::formats::keras {
namespace {

using nlohmann::json;

struct Word {
  const char* before;
  const char* now;
};

constexpr std::array kClasses = {
    Word{"Convolution2D", "Conv2D"},
    Word{"AtrousConvolution2D", "Conv2D"},
    Word{"SeparableConvolution2D", "SeparableConv2D"},
};

constexpr std::array kKeys = {
    Word{"border_mode", "padding"},
    Word{"subsample", "strides"},
    Word{"bias", "use_bias"},
    Word{"dim_ordering", "data_format"},
    Word{"p", "rate"},
    Word{"atrous_rate", "dilation_rate"},
};

constexpr std::array kValues = {Word{"tf", "channels_last"}, Word{"th", "channels_first"}};
constexpr std::array kModes = {Word{"sum", "Add"}, Word{"mul", "Multiply"},
                               Word{"concat", "Concatenate"}};
constexpr std::array kWeightWords = {
    Word{"_W", "kernel"},
    Word{"_b", "bias"},
    Word{"_gamma", "gamma"},
    Word{"_beta", "beta"},
    Word{"_running_mean", "moving_mean"},
    Word{"_running_std", "moving_variance"},
    Word{"_depthwise_kernel", "depthwise_kernel"},
    Word{"_pointwise_kernel", "pointwise_kernel"},
};

template <size_t kCount>
void Translate(const std::array<Word, kCount>& words, json& text) {
  if (!text.is_string()) return;
  for (const Word& word : words) {
    if (text == word.before) {
      text = word.now;
      return;
    }
  }
}

void ModernizeLayer(json& layer) {
  if (!layer.is_object() || !layer.contains("config")) return;
  json& config = layer["config"];
  ModernizeKeras1(layer);
  if (!config.is_object() || !layer.contains("class_name")) return;
  Translate(kClasses, layer["class_name"]);
  if (layer["class_name"] == "Merge" && config.contains("mode")) {
    json mode = config["mode"];
    Translate(kModes, mode);
    layer["class_name"] = std::move(mode);
    if (config.contains("concat_axis")) config["axis"] = config["concat_axis"];
  }
  for (const Word& word : kKeys) {
    if (!config.contains(word.before) || config.contains(word.now)) continue;
    config[word.now] = config[word.before];
    Translate(kValues, config[word.now]);
  }
}

}  // namespace

void ModernizeKeras1(json& model) {
  if (!model.is_object() || !model.contains("config")) return;
  json& config = model["config"];
  json* layers = config.is_array() ? &config : nullptr;
  if (config.is_object() && config.contains("layers")) layers = &config["layers"];
  if (layers == nullptr || !layers->is_array()) return;
  for (json& layer : *layers) ModernizeLayer(layer);
}

bool IsKeras1Name(std::string_view stored, std::string_view name) {
  for (const Word& word : kWeightWords) {
    if (name == word.now && stored.ends_with(word.before)) return true;
  }
  return false;
}

}  // namespace goldcrest::formats::keras
