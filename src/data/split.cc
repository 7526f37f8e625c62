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

// About `share` of so many groups, where any is asked for at least one, and never the last `most`.
size_t Taken(double share, size_t count, size_t most) {
  if (share <= 0 || most == 0) return 0;
  const auto wanted = static_cast<size_t>(std::lround(share * static_cast<double>(count)));
  return std::clamp<size_t>(wanted, 1, most);
}

}  // namespace

Split SplitByClass(const DataSet& set, std::span<const int64_t> indices,
                   std::span<const ContentHash> hashes, const SplitShares& shares, uint64_t seed) {
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
    const size_t count = groups.size();
    const size_t validation = Taken(shares.validation, count, std::max<size_t>(count, 1) - 1);
    const size_t left = count - validation;
    const size_t test = Taken(shares.test, count, std::max<size_t>(left, 1) - 1);
    for (size_t g = 0; g < count; ++g) {
      std::vector<int64_t>& side = g < validation      ? split.validation
                                   : g >= count - test ? split.test
                                                       : split.training;
      side.insert(side.end(), groups[g].samples.begin(), groups[g].samples.end());
    }
  }
  for (std::vector<int64_t>* side : {&split.training, &split.validation, &split.test}) {
    std::ranges::sort(*side);
  }
  return split;
}

}  // namespace goldcrest::data
