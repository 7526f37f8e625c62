// What is wrong with a data set, before anything is learned from it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/fetched_files.h"
#include "decode/decode.h"

namespace goldcrest::pipeline {

struct CheckDataOptions {
  std::string data;  // whatever data::Open takes, or a folder with train and validation in it
  int threads = 1;
  int64_t most_pixels = decode::Options().most_pixels;
  int64_t least_side = 32;   // pictures with a shorter side are tiny
  double most_stretch = 4;   // longer side / shorter side; pictures of more are stretched
  data::FetchOptions fetch;  // of URLs in lists
  double most_uneven = 10;   // pictures of the largest class / of the smallest
};

// A picture, and what is to be said of it.
struct PictureFinding {
  std::string name;
  std::string what;
};

struct CheckedClass {
  std::string name;                      // empty where the data has no classes
  int64_t training = 0, validation = 0;  // pictures that can be read
  int64_t broken = 0;
};

struct DataCheck {
  std::string description;  // in words
  std::vector<std::string> notes;
  int64_t pictures = 0;
  std::vector<CheckedClass> classes;
  std::vector<std::string> empty_classes;  // folders without a picture
  double uneven = 1;                       // largest class / smallest, of what is learned from
  std::vector<PictureFinding> broken;      // cannot be read, and why
  std::vector<PictureFinding> misnamed;    // of another format than their name says
  // Pictures of the same pixels, two or more each, by their names.
  std::vector<std::vector<std::string>> contradicting;  // in more than one class
  std::vector<std::vector<std::string>> leaked;      // of one class, to learn from and to judge by
  std::vector<std::vector<std::string>> duplicates;  // of one class, on one side
  std::vector<PictureFinding> tiny, stretched;       // with their sizes
  std::vector<std::string> left_out;       // files in the folder that are no pictures that are read
  std::map<std::string, int64_t> formats;  // JPEG, PNG, BMP: pictures
  int64_t gray = 0, cmyk = 0, alpha = 0;   // files of such colours
};

// Decodes every picture as a whole, by its content. That pictures are broken is no error of this.
Result<DataCheck> CheckData(const CheckDataOptions& options,
                            const std::function<void(double share)>& progress);

}  // namespace goldcrest::pipeline
