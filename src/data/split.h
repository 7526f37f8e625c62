// A data set parted in two: one to learn from, one to judge by.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/content_hash.h"
#include "data/data_set.h"

namespace goldcrest::data {

struct Split {
  std::vector<int64_t> training, validation;  // samples, rising
  // Samples whose content has been seen under another class: one of the labels is wrong.
  std::vector<int64_t> contradicting;
  int64_t duplicates = 0;  // samples whose content came before, under the same class
};

// Of the samples at `indices`, whose contents have `hashes`, about the share `validation` of every
// class goes to validation, the same ones for the same seed whatever the order of the samples.
// Equal contents go to one side together. Without classes all samples are of one.
Split SplitByClass(const DataSet& set, std::span<const int64_t> indices,
                   std::span<const ContentHash> hashes, double validation, uint64_t seed);

}  // namespace goldcrest::data
