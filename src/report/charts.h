// Charts as inline SVG, whose colours are the page's.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace goldcrest::report {

// A horizontal mark from 0 to 100 %.
struct ShareMark {
  std::string name;
  double value = 0;          // in [0, 1]
  double low = 0, high = 0;  // the interval around it; equal: none is drawn
  size_t color = 0;
};

// One row a mark: its name, a bar, its interval, the number.
std::string ShareChart(const std::string& caption, const std::vector<ShareMark>& marks);

struct Curve {
  std::string name;
  std::vector<double> values;  // one a picture, 0 or more, in any order
  size_t color = 0;
};

// How large a share of the values is at most x, over powers of ten of x.
std::string DistributionChart(const std::string& caption, const std::string& x_name,
                              const std::vector<Curve>& curves);

// Squares, the darker the larger their row's share: rows are what is right, columns what was
// answered.
std::string Heatmap(const std::string& caption, const std::vector<std::string>& names,
                    const std::function<int64_t(size_t row, size_t column)>& count);

}  // namespace goldcrest::report
