#include "report/charts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/strings.h"
#include "report/html.h"

namespace goldcrest::report {
namespace {

using base::Cat;
using base::Fixed;

constexpr double kWidth = 400;  // of every chart, in units that a phone shows as pixels
constexpr size_t kColors = 6;

std::string Color(size_t series) { return Cat("var(--s", series % kColors, ")"); }

std::string Number(double x) { return Fixed(x, 1); }

std::string Svg(double height, std::string_view content) {
  return Cat("<svg viewBox=\"0 0 ", Number(kWidth), " ", Number(height), "\" role=\"img\">\n",
             content, "</svg>\n");
}

std::string Text(double x, double y, std::string_view text, std::string_view attributes = "") {
  return Cat("<text x=\"", Number(x), "\" y=\"", Number(y), "\" ", attributes, ">", Escape(text),
             "</text>\n");
}

std::string Line(double x1, double y1, double x2, double y2, std::string_view attributes) {
  return Cat("<line x1=\"", Number(x1), "\" y1=\"", Number(y1), "\" x2=\"", Number(x2), "\" y2=\"",
             Number(y2), "\" ", attributes, "/>\n");
}

std::string Figure(const std::string& caption, std::string_view content) {
  return Cat("<figure>", Element("figcaption", caption), content, "</figure>\n");
}

// The end of a long name, which tells models in one folder apart.
std::string Shortened(const std::string& name, size_t most) {
  const size_t slash = name.rfind('/');
  std::string text = slash == std::string::npos ? name : name.substr(slash + 1);
  if (text.size() <= most || !base::IsUtf8(text)) return text;
  size_t from = text.size() - most;
  while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xc0) == 0x80) ++from;
  return "…" + text.substr(from);
}

constexpr double kLegendRow = 17;

std::string LegendRow(double x, double y, const std::string& name, size_t color) {
  return Cat(Line(x, y - 4, x + 16, y - 4, Cat("stroke-width=\"3\" stroke=\"", Color(color), "\"")),
             Text(x + 22, y, Shortened(name, 48)));
}

// The smallest of 1, 2, 5, 10, 20, … and their tenths that cuts `length` into at most `most` steps.
double RoundStep(double length, double most) {
  const double unit = std::pow(10.0, std::floor(std::log10(length / most)));
  for (double factor : {1.0, 2.0, 5.0}) {
    if (unit * factor * most >= length * 0.999999) return unit * factor;
  }
  return unit * 10;
}

// A number at an axis whose ticks lie `unit` apart: 0.05, 40, 300 k, 2 M.
std::string TickLabel(double value, double unit) {
  if (std::abs(value) >= 1e9 || (value != 0 && unit < 1e-6)) return Cat(value);
  if (std::abs(value) >= 1e6) return Cat(Fixed(value / 1e6, unit < 1e6 ? 1 : 0), " M");
  if (std::abs(value) >= 1e4) return Cat(Fixed(value / 1e3, unit < 1e3 ? 1 : 0), " k");
  return Fixed(value, std::max(0, static_cast<int>(-std::floor(std::log10(unit)))));
}

// Points as a polyline, a single one as a dot; a gap begins another.
std::string Polyline(const std::vector<std::pair<double, double>>& points, size_t color) {
  if (points.empty()) return "";
  if (points.size() == 1) {
    return Cat("<circle cx=\"", Number(points[0].first), "\" cy=\"", Number(points[0].second),
               "\" r=\"3\" fill=\"", Color(color), "\"/>\n");
  }
  std::string text;
  for (auto [x, y] : points) text += Cat(Number(x), ",", Number(y), " ");
  return Cat("<polyline fill=\"none\" stroke-width=\"2\" stroke-linejoin=\"round\" stroke=\"",
             Color(color), "\" points=\"", text, "\"/>\n");
}

}  // namespace

std::string ShareChart(const std::string& caption, const std::vector<ShareMark>& marks) {
  constexpr double kRow = 38;
  constexpr double kLeft = 4;
  constexpr double kRight = kWidth - 62;
  auto x = [](double share) { return kLeft + share * (kRight - kLeft); };
  std::string content;
  const double bottom = kRow * static_cast<double>(marks.size()) + 4;
  for (int tick = 0; tick <= 100; tick += 25) {
    content += Line(x(tick / 100.0), 0, x(tick / 100.0), bottom, "class=\"axis\"");
    content += Text(x(tick / 100.0), bottom + 13, Cat(tick),
                    tick == 0 ? "class=\"m\"" : "class=\"m\" text-anchor=\"middle\"");
  }
  for (size_t i = 0; i < marks.size(); ++i) {
    const ShareMark& mark = marks[i];
    const double top = kRow * static_cast<double>(i);
    content += Text(kLeft + 2, top + 14, Shortened(mark.name, 52));
    content += Cat("<rect x=\"", Number(kLeft), "\" y=\"", Number(top + 19), "\" width=\"",
                   Number(x(mark.value) - kLeft), "\" height=\"12\" rx=\"2\" fill=\"",
                   Color(mark.color), "\"><title>", Escape(mark.name), "</title></rect>\n");
    content += Text(kRight + 8, top + 29, Cat(Fixed(mark.value * 100, 1), " %"));
    if (mark.high <= mark.low) continue;
    const double middle = top + 25;
    const std::string ink = "stroke=\"var(--ink)\" stroke-width=\"1.5\"";
    content += Line(x(mark.low), middle, x(mark.high), middle, ink);
    content += Line(x(mark.low), middle - 4, x(mark.low), middle + 4, ink);
    content += Line(x(mark.high), middle - 4, x(mark.high), middle + 4, ink);
  }
  return Figure(caption, Svg(bottom + 18, content));
}

std::string DistributionChart(const std::string& caption, const std::string& x_name,
                              const std::vector<Curve>& curves) {
  constexpr int kFirstPower = -6;
  constexpr int kLastPower = 1;
  constexpr double kLeft = 30;
  constexpr double kRight = kWidth - 10;
  constexpr double kTop = 8;
  constexpr double kBottom = 188;
  auto x = [](double value) {
    const double power = value > 0 ? std::log10(value) : kFirstPower;
    const double share = (std::clamp<double>(power, kFirstPower, kLastPower) - kFirstPower) /
                         (kLastPower - kFirstPower);
    return kLeft + share * (kRight - kLeft);
  };
  auto y = [](double share) { return kBottom - share * (kBottom - kTop); };
  std::string content;
  for (int tick = 0; tick <= 100; tick += 25) {
    content += Line(kLeft, y(tick / 100.0), kRight, y(tick / 100.0), "class=\"axis\"");
    content += Text(kLeft - 5, y(tick / 100.0) + 4, Cat(tick), "class=\"m\" text-anchor=\"end\"");
  }
  for (int power = kFirstPower; power <= kLastPower; ++power) {
    const double at = x(std::pow(10.0, power));
    const std::string label =
        power >= -2 ? Cat(static_cast<float>(std::pow(10.0, power))) : Cat("1e", power);
    content += Text(at, kBottom + 15, label, "class=\"m\" text-anchor=\"middle\"");
  }
  content += Text((kLeft + kRight) / 2, kBottom + 31, x_name, "class=\"m\" text-anchor=\"middle\"");
  double legend = kBottom + 52;
  for (const Curve& curve : curves) {
    std::vector<double> rising = curve.values;
    // What is no number is the worst, and sorts.
    std::ranges::replace_if(rising, [](double value) { return std::isnan(value); }, HUGE_VAL);
    std::ranges::sort(rising);
    std::string points;
    // A point for each hundredth of a long curve is as good as all.
    const size_t step = std::max<size_t>(1, rising.size() / 400);
    for (size_t i = 0; i < rising.size(); i += step) {
      const double share = static_cast<double>(i + 1) / static_cast<double>(rising.size());
      points += Cat(Number(x(rising[i])), ",", Number(y(share)), " ");
    }
    points += Cat(Number(kRight), ",", Number(y(1)));
    content +=
        Cat("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"", Color(curve.color),
            "\" points=\"", points, "\"><title>", Escape(curve.name), "</title></polyline>\n");
    content += LegendRow(kLeft, legend, curve.name, curve.color);
    legend += kLegendRow;
  }
  return Figure(caption, Svg(legend - 8, content));
}

std::string EpochChart(const std::string& caption, const EpochAxis& axis,
                       const std::vector<EpochCurve>& curves) {
  constexpr double kLeft = 44;
  constexpr double kRight = kWidth - 10;
  constexpr double kTop = 12;
  constexpr double kBottom = 188;
  size_t epochs = 1;
  double low = axis.shares ? 1 : 0;
  double high = 0;
  for (const EpochCurve& curve : curves) {
    epochs = std::max(epochs, curve.values.size());
    for (double value : curve.values) {
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  const double unit = RoundStep(high > low ? high - low : std::max(high, 1e-6), 4);
  low = std::floor(low / unit) * unit;
  high = std::max(std::ceil(high / unit - 1e-9) * unit, low + unit);
  auto x = [&](double epoch) {
    const double share = epochs == 1 ? 0.5 : (epoch - 1) / static_cast<double>(epochs - 1);
    return kLeft + share * (kRight - kLeft);
  };
  auto y = [&](double value) { return kBottom - (value - low) / (high - low) * (kBottom - kTop); };
  std::string content;
  for (int i = 0; i <= std::lround((high - low) / unit); ++i) {
    const double tick = low + unit * i;
    content += Line(kLeft, y(tick), kRight, y(tick), "class=\"axis\"");
    content += Text(kLeft - 5, y(tick) + 4,
                    axis.shares ? TickLabel(tick * 100, unit * 100) : TickLabel(tick, unit),
                    "class=\"m\" text-anchor=\"end\"");
  }
  const auto step =
      std::max<size_t>(1, static_cast<size_t>(RoundStep(static_cast<double>(epochs), 10)));
  for (size_t epoch = step; epoch <= epochs; epoch += step) {
    content += Text(x(static_cast<double>(epoch)), kBottom + 15, Cat(epoch),
                    "class=\"m\" text-anchor=\"middle\"");
  }
  content +=
      Text((kLeft + kRight) / 2, kBottom + 31, "epoch", "class=\"m\" text-anchor=\"middle\"");
  if (axis.marked > 0) {
    const double at = x(static_cast<double>(axis.marked));
    content += Line(at, kTop, at, kBottom, "stroke=\"var(--muted)\" stroke-dasharray=\"3 3\"");
    const bool left = at > (kLeft + kRight) / 2;
    content += Text(left ? at - 4 : at + 4, kTop - 3, axis.marked_name,
                    left ? "class=\"m\" text-anchor=\"end\"" : "class=\"m\"");
  }
  double legend = kBottom + 52;
  for (const EpochCurve& curve : curves) {
    std::vector<std::pair<double, double>> points;
    for (size_t i = 0; i < curve.values.size(); ++i) {
      if (std::isfinite(curve.values[i])) {
        points.emplace_back(x(static_cast<double>(i + 1)), y(curve.values[i]));
      } else {
        content += Polyline(std::exchange(points, {}), curve.color);
      }
    }
    content += Polyline(points, curve.color);
    if (curves.size() == 1) continue;
    content += LegendRow(kLeft, legend, curve.name, curve.color);
    legend += kLegendRow;
  }
  return Figure(caption, Svg(legend - 8, content));
}

std::string Heatmap(const std::string& caption, const std::vector<std::string>& names,
                    const std::function<int64_t(size_t row, size_t column)>& count) {
  constexpr double kLeft = 96;
  constexpr size_t kLongest = 15;
  const double side = (kWidth - kLeft) / static_cast<double>(names.size());
  const bool numbers = side >= 22;
  std::string content;
  for (size_t row = 0; row < names.size(); ++row) {
    const double top = side * static_cast<double>(row);
    int64_t total = 0;
    for (size_t column = 0; column < names.size(); ++column) total += count(row, column);
    content +=
        Text(kLeft - 6, top + side / 2 + 4, Shortened(names[row], kLongest), "text-anchor=\"end\"");
    for (size_t column = 0; column < names.size(); ++column) {
      const int64_t here = count(row, column);
      const double share = total == 0 ? 0 : static_cast<double>(here) / static_cast<double>(total);
      const double left = kLeft + side * static_cast<double>(column);
      content +=
          Cat("<rect x=\"", Number(left + 0.5), "\" y=\"", Number(top + 0.5), "\" width=\"",
              Number(side - 1), "\" height=\"", Number(side - 1), "\" fill=\"rgba(var(--heat),",
              Fixed(0.05 + 0.95 * share, 2), ")\"><title>", Escape(names[row]), " → ",
              Escape(names[column]), ": ", here, "</title></rect>\n");
      if (!numbers || here == 0) continue;
      content += Text(left + side / 2, top + side / 2 + 4, Cat(here),
                      share > 0.55 ? "text-anchor=\"middle\" style=\"fill:var(--ground)\""
                                   : "text-anchor=\"middle\"");
    }
  }
  return Figure(caption, Svg(side * static_cast<double>(names.size()), content));
}

}  // namespace goldcrest::report
