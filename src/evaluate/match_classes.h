// Which class of a model a class of a data set is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace goldcrest::evaluate {

// By data class the model's class index. `labels` are the model's, by class index, or empty;
// `classes` is how many the model has. A name is, in this order,
// - a label, or one of the synonyms in it that are separated by commas ("tench" of "tench, Tinca
//   tinca"), if only one label has it; upper and lower case, and "_", "-" and space, are equal;
// - a synset of WordNet, alone or among others ("n01440764", "000_n01440764"), where the labels
// have
//   it or the model's classes are ImageNet's 1000, with or without a background before them;
// - a class index; of a model whose first label is "background", which no data has, the classes
//   after it are counted, unless the data uses the model's last index;
// - a number, and a label ("001.tench").
// An error lists the names (ten at most) that are none of these, and the nearest labels.
Result<std::vector<int64_t>> MatchClasses(std::span<const std::string> names,
                                          std::span<const std::string> labels, int64_t classes);

// The index, 0 to 999, of a synset (1440764 for n01440764) among the classes of ImageNet's
// challenges from 2012 on, which are sorted by it.
std::optional<int64_t> ImageNetClass(int32_t synset);

}  // namespace goldcrest::evaluate
