#include "drawing/letters.h"

#include <algorithm>
#include <array>
#include <utility>

namespace goldcrest::drawing {
namespace {

// Strokes, a blank between two, on a grid of 5 columns and 7 rows: each point is its column and its
// row from the top. One that begins with ~ is rounded.
struct Letter {
  char name;
  std::string_view strokes;
};

constexpr std::array kLetters = {
    Letter{'A', "062046 0444"},
    Letter{'B', "0006 ~003041423303 ~033344453606"},
    Letter{'C', "~4130100105163645"},
    Letter{'D', "0006 ~002042442606"},
    Letter{'E', "40000646 0333"},
    Letter{'F', "400006 0333"},
    Letter{'G', "~413010010516364543 4323"},
    Letter{'H', "0006 4046 0343"},
    Letter{'I', "2026"},
    Letter{'J', "~4045361605"},
    Letter{'K', "0006 4004 1346"},
    Letter{'L', "000646"},
    Letter{'M', "0600234046"},
    Letter{'N', "06004640"},
    Letter{'O', "~20304145361605011020"},
    Letter{'P', "0006 ~003041423303"},
    Letter{'Q', "~20304145361605011020 3446"},
    Letter{'R', "0006 ~003041423303 2346"},
    Letter{'S', "~413010010213334445361605"},
    Letter{'T', "0040 2026"},
    Letter{'U', "~000516364540"},
    Letter{'V', "002640"},
    Letter{'W', "0016233640"},
    Letter{'X', "0046 4006"},
    Letter{'Y', "0023 402326"},
    Letter{'Z', "00400646"},
    Letter{'0', "~20304145361605011020"},
    Letter{'1', "112026"},
    Letter{'2', "~011030414206 0646"},
    Letter{'3', "~01103041423323 ~23334445361605"},
    Letter{'4', "36300444"},
    Letter{'5', "400003 ~0312324345361605"},
    Letter{'6', "~413010010516364544331304"},
    Letter{'7', "004016"},
    Letter{'8', "~23130201103041423323 ~23334445361605041323"},
    Letter{'9', "~423313020110304145361605"},
    Letter{'%', "4006 ~1021120110 ~3445362534"},
    Letter{'.', "2626"},
    Letter{'-', "1333"},
};

constexpr double kColumns = 4;
constexpr double kRows = 6;
constexpr double kAdvance = 6;  // columns from letter to letter

// Chaikin's cutting of corners, which keeps both ends.
std::vector<Point> Rounded(std::vector<Point> points) {
  for (int round = 0; round < 2; ++round) {
    std::vector<Point> cut = {points.front()};
    for (size_t i = 1; i < points.size(); ++i) {
      const Point a = points[i - 1];
      const Point b = points[i];
      cut.push_back({a.x * 0.75 + b.x * 0.25, a.y * 0.75 + b.y * 0.25});
      cut.push_back({a.x * 0.25 + b.x * 0.75, a.y * 0.25 + b.y * 0.75});
    }
    cut.push_back(points.back());
    points = std::move(cut);
  }
  return points;
}

void AddLetter(Drawing& drawing, std::string_view strokes, Point corner, double unit,
               const Lettering& lettering) {
  while (!strokes.empty()) {
    const std::string_view stroke = strokes.substr(0, strokes.find(' '));
    strokes.remove_prefix(std::min(stroke.size() + 1, strokes.size()));
    const bool rounded = stroke.front() == '~';
    std::vector<Point> points;
    for (size_t i = rounded ? 1 : 0; i + 1 < stroke.size(); i += 2) {
      points.push_back({corner.x + (stroke[i] - '0') * unit * lettering.stretch,
                        corner.y + (stroke[i + 1] - '0') * unit});
    }
    if (rounded) points = Rounded(std::move(points));
    drawing.push_back({Stroke{std::move(points), lettering.width}, lettering.color});
  }
}

}  // namespace

double WidthOf(std::string_view text, const Lettering& lettering) {
  const double columns = static_cast<double>(text.size()) * kAdvance - (kAdvance - kColumns);
  return columns * lettering.stretch * lettering.height / kRows + lettering.width;
}

void AddText(Drawing& drawing, std::string_view text, const Lettering& lettering) {
  const double unit = (lettering.height - lettering.width) / kRows;
  const double columns = static_cast<double>(text.size()) * kAdvance - (kAdvance - kColumns);
  Point corner = {lettering.center.x - columns * unit * lettering.stretch / 2,
                  lettering.center.y - kRows * unit / 2};
  for (char c : text) {
    const char name = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const auto* letter = std::ranges::find(kLetters, name, &Letter::name);
    if (letter != kLetters.end()) AddLetter(drawing, letter->strokes, corner, unit, lettering);
    corner.x += kAdvance * unit * lettering.stretch;
  }
}

}  // namespace goldcrest::drawing
