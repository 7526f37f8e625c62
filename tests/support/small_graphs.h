// Small graphs in the text form.
#pragma once

#include <string>

namespace goldcrest::testing {

// One that has most operators.
std::string SmallGraphText();

// One with quantized tensors of all kinds.
std::string SmallQuantizedGraphText();

// One with the operators that segmentation and detection models have beside.
std::string SmallPictureGraphText();
std::string SmallDetectionGraphText();

}  // namespace goldcrest::testing
