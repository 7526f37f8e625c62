// A data set parted: pictures to learn from, to judge by, and to test with in the end.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/content_hash.h"
#include "data/data_set.h"

namespace goldcrest::data {

struct Split {
  std::vector<int64_t> training, validation, test;  // samples, rising
  // Samples whose content has been seen under another class: one of the labels is wrong.
  std::vector<int64_t> contradicting;
  int64_t duplicates = 0;  // samples whose content came before, under the same class
};

// Of every class; the rest is learned from.
struct SplitShares {
  double validation = 0, test = 0;
};

// Of the samples at `indices` of a set whose contents have `hashes`, about these shares of every
// class go to validation and to test, the same ones for the same seed whatever the order of the
// samples; validation has the same whatever test takes. Equal contents go to one side together.
// Without classes all samples are of one.
Split SplitByClass(const DataSet& set, std::span<const int64_t> indices,
                   std::span<const ContentHash> hashes, const SplitShares& shares, uint64_t seed);

}  // namespace goldcrest::data
