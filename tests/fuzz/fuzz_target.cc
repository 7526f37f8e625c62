// One row of the table of formats as a fuzz target; its name comes from the build.
#include <algorithm>
#include <cstdint>

#include "support/input_formats.h"

namespace {

using goldcrest::testing::InputFormat;
using goldcrest::testing::InputFormats;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const InputFormat& format =
      *std::ranges::find(InputFormats(), GOLDCREST_FORMAT, &InputFormat::name);
  static_cast<void>(format.read({reinterpret_cast<const char*>(data), size}));
  return 0;
}
