#include "pipeline/aligned_layers.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>

namespace goldcrest::pipeline {
namespace {

constexpr size_t kMostCells = size_t{1} << 22;  // of the table of a stretch

struct Pair {
  size_t before;
  size_t after;
};

// What the two have in common; 0 where they cannot be the same.
int32_t Likeness(const LayerKey& a, const LayerKey& b) {
  if (a.op != b.op) return 0;
  const bool name = a.name == b.name;
  const bool shape = a.shape == b.shape;
  if (name && shape) return 5;
  if (shape) return 4;
  return name ? 3 : 1;
}

// By name the only layer that has it.
std::map<std::string_view, std::optional<size_t>> ByName(std::span<const LayerKey> layers) {
  std::map<std::string_view, std::optional<size_t>> by_name;
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto [place, is_new] = by_name.emplace(layers[i].name, i);
    if (!is_new) place->second = std::nullopt;
  }
  return by_name;
}

// The longest list of layers of one name, operator and shape in which both sides rise.
std::vector<Pair> Anchors(std::span<const LayerKey> before, std::span<const LayerKey> after) {
  const auto in_before = ByName(before);
  const auto in_after = ByName(after);
  struct Link {
    Pair pair;
    size_t previous;  // in `links`
  };
  constexpr size_t kNone = SIZE_MAX;
  std::vector<Link> links;
  std::vector<size_t> ends;  // by length less 1 the list's link that ends lowest
  for (size_t i = 0; i < before.size(); ++i) {
    const auto found = in_after.find(before[i].name);
    if (found == in_after.end() || !found->second || !in_before.at(before[i].name)) continue;
    const LayerKey& other = after[*found->second];
    if (other.op != before[i].op || other.shape != before[i].shape) continue;
    const auto end = std::ranges::lower_bound(ends, *found->second, {},
                                              [&](size_t link) { return links[link].pair.after; });
    const size_t previous = end == ends.begin() ? kNone : *(end - 1);
    links.push_back({{i, *found->second}, previous});
    if (end == ends.end()) {
      ends.push_back(links.size() - 1);
    } else {
      *end = links.size() - 1;
    }
  }
  std::vector<Pair> anchors;
  for (size_t link = ends.empty() ? kNone : ends.back(); link != kNone;
       link = links[link].previous) {
    anchors.push_back(links[link].pair);
  }
  std::ranges::reverse(anchors);
  return anchors;
}

// Those of a stretch that are the same, rising.
std::vector<Pair> AlignStretch(std::span<const LayerKey> before, std::span<const LayerKey> after) {
  const size_t rows = before.size() + 1;
  const size_t columns = after.size() + 1;
  if (rows > kMostCells / columns) return {};
  std::vector<int32_t> best(rows * columns, 0);  // of the first layers of both
  auto at = [&](size_t i, size_t j) -> int32_t& { return best[i * columns + j]; };
  auto paired = [&](size_t i, size_t j) {
    const int32_t likeness = Likeness(before[i - 1], after[j - 1]);
    return likeness == 0 ? -1 : at(i - 1, j - 1) + likeness;
  };
  for (size_t i = 1; i < rows; ++i) {
    for (size_t j = 1; j < columns; ++j) {
      at(i, j) = std::max({at(i - 1, j), at(i, j - 1), paired(i, j)});
    }
  }
  std::vector<Pair> pairs;
  size_t i = before.size();
  size_t j = after.size();
  while (i > 0 && j > 0) {
    if (at(i, j) == paired(i, j)) {
      pairs.push_back({--i, --j});
    } else if (at(i, j) == at(i, j - 1)) {
      --j;
    } else {
      --i;
    }
  }
  std::ranges::reverse(pairs);
  return pairs;
}

}  // namespace

std::vector<AlignedLayers> AlignLayers(std::span<const LayerKey> before,
                                       std::span<const LayerKey> after) {
  std::vector<Pair> anchors = Anchors(before, after);
  anchors.push_back({before.size(), after.size()});  // behind the last
  std::vector<AlignedLayers> aligned;
  size_t i = 0;
  size_t j = 0;
  auto catch_up = [&](const Pair& next) {
    for (; i < next.before; ++i) aligned.push_back({.before = i});
    for (; j < next.after; ++j) aligned.push_back({.after = j});
  };
  for (const Pair& anchor : anchors) {
    const size_t first_before = i;
    const size_t first_after = j;
    for (const Pair& pair :
         AlignStretch(before.subspan(i, anchor.before - i), after.subspan(j, anchor.after - j))) {
      catch_up({first_before + pair.before, first_after + pair.after});
      aligned.push_back({i++, j++});
    }
    catch_up(anchor);
    if (anchor.before < before.size()) aligned.push_back({i++, j++});
  }
  return aligned;
}

}  // namespace goldcrest::pipeline
