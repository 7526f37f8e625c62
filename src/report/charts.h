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

// A figure that changes from epoch to epoch.
struct EpochCurve {
  std::string name;
  std::vector<double> values;  // of epochs 1, 2, …; what is no finite number is left out
  size_t color = 0;
};

struct EpochAxis {
  bool shares = false;  // values are shares of 1, shown in per cent
  int64_t marked = 0;   // this epoch gets a line; 0: none
  std::string marked_name;
};

// Curves over epochs, with a legend where there are several; the axis begins at 0 but for shares,
// which begin below the lowest.
std::string EpochChart(const std::string& caption, const EpochAxis& axis,
                       const std::vector<EpochCurve>& curves);

// Squares, the darker the larger their row's share: rows are what is right, columns what was
// answered.
std::string Heatmap(const std::string& caption, const std::vector<std::string>& names,
                    const std::function<int64_t(size_t row, size_t column)>& count);

}  // namespace goldcrest::report
