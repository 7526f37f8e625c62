// A run of training in a file, to go on from later.
//
// The file is "GCCKPT01", the content hash of the rest in two words of little-endian machines, then
// the message Checkpoint of checkpoint.proto.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "train/fit_state.h"

namespace goldcrest::train {

// What a run was asked for: what it learns from, what it starts with, how it learns.
struct Setting {
  std::string name;
  std::string value;
  bool operator==(const Setting&) const = default;
};

struct Checkpoint {
  std::vector<Setting> settings;
  FitState state;
};

Status WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint);

// An error where the file is damaged, or its settings are not these, one for one.
Result<FitState> ReadCheckpoint(const std::string& path, const std::vector<Setting>& settings);

}  // namespace goldcrest::train
