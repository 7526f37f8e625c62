// How much of a measured accuracy may be luck.
#pragma once

#include <cstdint>

namespace goldcrest::evaluate {

struct Interval {
  double low = 0, high = 1;
};

// Wilson's score interval at 95 % for `hits` of `total` independent trials (E. B. Wilson, 1927),
// without continuity correction; [0, 1] where there are no trials.
Interval WilsonInterval(int64_t hits, int64_t total);

// The exact two-sided test of McNemar: how likely a difference at least as large as this one is
// between two models that are equally good, `only_first` and `only_second` being the pictures that
// one of them alone got right. Twice the binomial tail with p = 1/2, at most 1; worked out in
// logarithms, so that it is right for millions.
double McNemar(int64_t only_first, int64_t only_second);

}  // namespace goldcrest::evaluate
