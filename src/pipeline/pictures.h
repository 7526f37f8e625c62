// Pictures named on a command line.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "decode/decode.h"
#include "tensor/input_contract.h"

namespace goldcrest::pipeline {

// Files as they are named; of folders all picture files in them and below, in the order of their
// names. An error where a path does not exist or a folder holds none.
Result<std::vector<std::string>> ListPictures(const std::vector<std::string>& paths);

// The rows of a picture file, decoded as the contract says and no larger than `most_pixels`.
// Errors, those of the rows too, name the file.
decode::Rows OpenPicture(const std::string& path, const tensor::InputContract& contract,
                         int64_t most_pixels = decode::Options().most_pixels);

}  // namespace goldcrest::pipeline
