// Keras 1's words for what later versions call otherwise.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace goldcrest::formats::keras {

// Rewrites a model's description in the words of Keras 2: classes (Convolution2D, Merge), and
// configurations (nb_filter, border_mode, dim_ordering…). After the documentation of Keras 1.2; no
// file of that age was at hand.
void ModernizeKeras1(nlohmann::json& model);

// Whether `stored`, the last part of a weight's name, is Keras 1's word for `name`: conv_W for
// kernel, conv_b for bias, norm_running_std (a variance in spite of its name) for moving_variance.
bool IsKeras1Name(std::string_view stored, std::string_view name);

}  // namespace goldcrest::formats::keras
