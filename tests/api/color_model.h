// A model for tests of the public headers, which may see nothing of src/.
#pragma once

#include <cstddef>
#include <vector>

namespace goldcrest::testing {

// A .tflite file: the means of the colours of 4 × 4 pixels, called red, grün and blue. Its input
// contract, if it has one, scales bytes to [0, 1].
std::vector<std::byte> ColorModel(bool with_contract = true);

}  // namespace goldcrest::testing
