// The JSON description of a model to be written.
#pragma once

#include <string>

#include "formats/keras/written_model.h"

namespace goldcrest::formats::keras {

// What config.json and the attribute model_config hold.
std::string WriteConfig(const WrittenModel& model, Spelling spelling);

}  // namespace goldcrest::formats::keras
