// The flags that classify, detect and segment share.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"
#include "pipeline/picture_session.h"

namespace goldcrest::cli {

// The model, the pictures, and how they are read and computed; `tuning` is a file's name.
void AddPictureModelFlags(CLI::App& app, pipeline::PictureModelOptions& options,
                          std::string& tuning);

// Pictures that have been tried, one after the other.
class PictureCount {
 public:
  void Done() { ++pictures_; }
  // Says so on standard error; the others go on.
  void Failed(const Error& error);
  // An error where some failed, which could not be `done`: read, classified.
  Status End(std::string_view done) const;

 private:
  size_t pictures_ = 0, failures_ = 0;
};

}  // namespace goldcrest::cli
