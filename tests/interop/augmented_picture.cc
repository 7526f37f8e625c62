// goldcrest_augmented_picture CHANGE NUMBER IN OUT: a picture's RGB bytes after one change of a
// given strength.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "augment/color.h"
#include "augment/geometry.h"
#include "base/file.h"
#include "decode/decode.h"

namespace goldcrest {
namespace {

Status Change(std::string_view change, double number, const char* in, const char* out) {
  GOLDCREST_TRY(const auto file, base::MappedFile::Open(in));
  image::Picture picture;
  GOLDCREST_RETURN_IF_ERROR(decode::Decode(file->bytes(), {}, picture));
  if (change == "rotate") {
    const image::Picture from = picture;
    augment::Rotate(from, number, picture);
  } else if (change == "brightness") {
    augment::ChangeBrightness(number, picture);
  } else if (change == "contrast") {
    augment::ChangeContrast(number, picture);
  } else if (change == "saturation") {
    augment::ChangeSaturation(number, picture);
  } else if (change == "hue") {
    augment::ChangeHue(number, picture);
  } else {
    return Fail(ErrorCode::kUsage, "there is no change called ", change);
  }
  return base::WriteFile(out, std::as_bytes(std::span(picture.rgb)));
}

}  // namespace
}  // namespace goldcrest

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const goldcrest::Status status =
      goldcrest::Change(argv[1], std::strtod(argv[2], nullptr), argv[3], argv[4]);
  if (!status) std::fprintf(stderr, "%s\n", status.error().ToString().c_str());
  return status ? 0 : 1;
}
