#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

namespace goldcrest::data {
namespace {

// A sample, to bring those of one content together.
struct Entry {
  ContentHash content;
  int64_t sample = 0;
};

// Samples of one content, of the class of the first of them.
struct Group {
  int64_t label = 0;
  ContentHash order;            // the content with the seed: where the group stands in its class
  size_t first = 0, count = 0;  // of the entries
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
  std::vector<Entry> entries;
  entries.reserve(indices.size());
  for (int64_t i : indices) entries.push_back({hashes[static_cast<size_t>(i)], i});
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
    return std::tie(a.content, a.sample) < std::tie(b.content, b.sample);
  });
  std::vector<Group> groups;
  for (const Entry& entry : entries) {
    const int64_t label = set.label(entry.sample);
    const auto at = static_cast<size_t>(&entry - entries.data());
    if (at == 0 || entries[at - 1].content != entry.content) {
      groups.push_back({label, Seeded(entry.content, seed), at, 1});
      continue;
    }
    ++groups.back().count;
    if (groups.back().label == label) {
      ++split.duplicates;
    } else {
      split.contradicting.push_back(entry.sample);
    }
  }
  std::ranges::sort(split.contradicting);
  std::ranges::sort(groups, [](const Group& a, const Group& b) {
    return std::tie(a.label, a.order) < std::tie(b.label, b.order);
  });
  for (size_t begin = 0, end = 0; begin < groups.size(); begin = end) {
    while (end < groups.size() && groups[end].label == groups[begin].label) ++end;
    const size_t count = end - begin;
    const size_t validation = Taken(shares.validation, count, count - 1);
    const size_t test = Taken(shares.test, count, count - validation - 1);
    for (size_t g = 0; g < count; ++g) {
      std::vector<int64_t>& side = g < validation      ? split.validation
                                   : g >= count - test ? split.test
                                                       : split.training;
      const Group& group = groups[begin + g];
      for (size_t i = 0; i < group.count; ++i) side.push_back(entries[group.first + i].sample);
    }
  }
  for (std::vector<int64_t>* side : {&split.training, &split.validation, &split.test}) {
    std::ranges::sort(*side);
  }
  return split;
}

}  // namespace goldcrest::data
