// Files of pictures.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "decode/decode.h"
#include "tensor/input_contract.h"

namespace goldcrest::data {

// What error messages call the pictures that are looked for.
inline constexpr char kPictureKinds[] = "pictures (.jpg, .jpeg, .png, .bmp, or such by content)";

// All picture files in a folder and below, in the order of their names; none is no error. A file
// is one by its usual extension or, under any other name, by its first bytes. What is hidden (its
// name begins with a dot) is left out; links to folders are followed in the folder itself only.
Result<std::vector<std::string>> PicturesBelow(const std::string& folder);

// Files as they are named; of folders all pictures in them and below. An error where a folder
// holds none.
Result<std::vector<std::string>> ListPictures(const std::vector<std::string>& paths);

// The rows of a picture file, decoded for the contract and no larger than `most_pixels`. Errors,
// those of the rows too, name the file: by its path, or by `name`.
decode::Rows OpenPicture(const std::string& path, const tensor::InputContract& contract,
                         int64_t most_pixels = decode::Options().most_pixels,
                         decode::Precision precision = decode::Precision::kExact,
                         const std::string& name = "");

}  // namespace goldcrest::data
