// Pictures named on a command line.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "decode/decode.h"
#include "image/picture.h"

namespace goldcrest::pipeline {

// Files as they are named; of folders all picture files in them and below, in the order of their
// names. An error where a path does not exist or a folder holds none.
Result<std::vector<std::string>> ListPictures(const std::vector<std::string>& paths);

Status ReadPicture(const std::string& path, const decode::Options& options,
                   image::Picture& picture);

}  // namespace goldcrest::pipeline
