#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace goldcrest::data {
namespace {

// Samples of one content.
struct Group {
  ContentHash order;  // the hash with the seed: where the group stands in its class
  std::vector<int64_t> samples;
};

ContentHash Seeded(const ContentHash& hash, uint64_t seed) {
  const uint64_t words[3] = {hash.low, hash.high, seed};
  return HashOf(std::as_bytes(std::span(words)));
}

}  // namespace

Split SplitByClass(const DataSet& set, std::span<const int64_t> indices,
                   std::span<const ContentHash> hashes, double validation, uint64_t seed) {
  Split split;
  std::map<ContentHash, std::pair<int64_t, size_t>> seen;  // class, and place in it
  std::map<int64_t, std::vector<Group>> classes;
  for (size_t i = 0; i < indices.size(); ++i) {
    const int64_t label = set.sample(indices[i]).label;
    std::vector<Group>& groups = classes[label];
    const auto [at, fresh] = seen.try_emplace(hashes[i], label, groups.size());
    if (fresh) {
      groups.push_back({Seeded(hashes[i], seed), {indices[i]}});
      continue;
    }
    const auto& [first_label, place] = at->second;
    if (first_label == label) {
      ++split.duplicates;
    } else {
      split.contradicting.push_back(indices[i]);
    }
    classes[first_label][place].samples.push_back(indices[i]);
  }
  for (auto& [label, groups] : classes) {
    std::ranges::sort(groups, {}, &Group::order);
    // At least one on either side, where there are two.
    const auto count = static_cast<double>(groups.size());
    auto taken = static_cast<size_t>(std::lround(validation * count));
    if (validation > 0 && groups.size() > 1) {
      taken = std::clamp<size_t>(taken, 1, groups.size() - 1);
    }
    for (size_t g = 0; g < groups.size(); ++g) {
      std::vector<int64_t>& side = g < taken ? split.validation : split.training;
      side.insert(side.end(), groups[g].samples.begin(), groups[g].samples.end());
    }
  }
  std::ranges::sort(split.training);
  std::ranges::sort(split.validation);
  return split;
}

}  // namespace goldcrest::data
