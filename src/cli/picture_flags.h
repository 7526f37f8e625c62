// The flags that classify, detect and segment share.
#pragma once

#include <string>

#include "cli/command.h"
#include "pipeline/picture_session.h"

namespace goldcrest::cli {

// The model, the pictures, and how they are read and computed; `tuning` is a file's name.
void AddPictureModelFlags(CLI::App& app, pipeline::PictureModelOptions& options,
                          std::string& tuning);

}  // namespace goldcrest::cli
