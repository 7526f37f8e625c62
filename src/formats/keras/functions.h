// Functions that models call by name: activations, and arithmetic that is no layer.
#pragma once

#include <string_view>

#include "formats/keras/layer_context.h"

namespace goldcrest::formats::keras {

bool IsActivation(std::string_view name);
Added ApplyActivationNamed(const Context& c, std::string_view name, graph::ValueId x);

}  // namespace goldcrest::formats::keras
