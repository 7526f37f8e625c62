// A data set of traffic signs that the program draws itself, as files.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "base/thread_pool.h"
#include "drawing/sign_picture.h"

namespace goldcrest::pipeline {

struct DrawnSignsOptions {
  std::string folder;  // gets FOLDER/CLASS/0000.png, …
  drawing::Part part = drawing::Part::kTraining;
  int64_t pictures = 0;  // of each class, 10000 at most
  uint64_t seed = 0;
};

// The same files for any number of threads. What an earlier, larger run has left in the folders is
// removed.
Status WriteDrawnSigns(const DrawnSignsOptions& options, base::ThreadPool& pool,
                       const std::function<void(double share)>& progress);

// One picture, as a PNG file.
Status WritePng(const std::string& path, const image::Picture& picture);

// Makes the folder and those that it lies in, unless they are there.
Status MakeFolder(const std::string& folder);

}  // namespace goldcrest::pipeline
