#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "drawing/contact_sheet.h"
#include "drawing/letters.h"
#include "drawing/shapes.h"
#include "drawing/sign_picture.h"
#include "drawing/signs.h"

namespace goldcrest::drawing {
namespace {

TEST(Shapes, DistancesToTheEdge) {
  EXPECT_DOUBLE_EQ(Distance(Disc{{1, 2}, 3}, {1, 7}), 2);
  EXPECT_DOUBLE_EQ(Distance(Disc{{1, 2}, 3}, {1, 2}), -3);
  EXPECT_DOUBLE_EQ(Distance(Ring{{0, 0}, 2, 0.5}, {0, 2}), -0.25);
  EXPECT_DOUBLE_EQ(Distance(Box{{0, 0}, 2, 1, 0}, {5, 5}), 5);
  EXPECT_DOUBLE_EQ(Distance(Box{{0, 0}, 2, 1, 0.5}, {3, 0}), 1);
  EXPECT_DOUBLE_EQ(Distance(Box{{0, 0}, 2, 1, 0.5}, {0, 0}), -1);
  const Polygon square{{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}, 0.25};
  EXPECT_DOUBLE_EQ(Distance(square, {3, 0}), 1.75);
  EXPECT_DOUBLE_EQ(Distance(square, {0, 0}), -1.25);
  EXPECT_DOUBLE_EQ(Distance(Stroke{{{0, 0}, {4, 0}, {4, 3}}, 1}, {4, 5}), 1.5);
  EXPECT_NEAR(Distance(Ellipse{{0, 0}, 2, 1, std::numbers::pi / 2}, {0, 2}), 0, 1e-12);
}

// The covers of all pixels are the area, as of a fine raster.
TEST(Shapes, CoverIsTheArea) {
  constexpr double kPixel = 0.05;
  const std::vector<std::pair<Shape, double>> shapes = {
      {Disc{{0.01, 0.02}, 0.8}, std::numbers::pi * 0.64},
      {Regular(6, 0.8, 0.1, 0), 1.5 * std::sqrt(3.0) * 0.64},
      {Box{{0, 0}, 0.7, 0.4, 0}, 1.12},
  };
  for (const auto& [shape, area] : shapes) {
    double sum = 0;
    for (int y = -30; y < 30; ++y) {
      for (int x = -30; x < 30; ++x) {
        sum += Cover(shape, {(x + 0.5) * kPixel, (y + 0.5) * kPixel}, kPixel);
      }
    }
    EXPECT_NEAR(sum * kPixel * kPixel, area, 0.01 * area);
  }
}

TEST(Shapes, LaterLayersCoverEarlierOnes) {
  const Drawing drawing = {{Disc{{}, 1}, {1, 0, 0}}, {Box{{0.5, 0}, 0.5, 2, 0}, {0, 0, 1}}};
  EXPECT_EQ(PaintAt(drawing, {-0.5, 0}, 0.01).color.red, 1);
  EXPECT_EQ(PaintAt(drawing, {0.5, 0}, 0.01).color.blue, 1);
  EXPECT_EQ(PaintAt(drawing, {-3, 0}, 0.01).cover, 0);
  EXPECT_DOUBLE_EQ(PaintAt(drawing, {0, 1.5}, 0.01).cover, 0.5);
}

TEST(Letters, TextIsAsWideAsItSays) {
  const Lettering lettering = {.height = 1, .width = 0.1, .color = {1, 1, 1}};
  for (const char* text : {"STOP", "30", "no entry 98%"}) {
    Drawing drawing;
    AddText(drawing, text, lettering);
    double left = 0, right = 0, top = 0, bottom = 0;
    for (const Layer& layer : drawing) {
      for (const Point& point : std::get<Stroke>(layer.shape).points) {
        left = std::min(left, point.x - 0.05);
        right = std::max(right, point.x + 0.05);
        top = std::min(top, point.y - 0.05);
        bottom = std::max(bottom, point.y + 0.05);
      }
    }
    EXPECT_LE(right - left, WidthOf(text, lettering) + 1e-9) << text;
    EXPECT_GE(right - left, 0.8 * WidthOf(text, lettering)) << text;
    EXPECT_NEAR(bottom - top, 1, 1e-9) << text;
  }
}

TEST(Signs, AreTwelveInTheOrderOfTheirNamesAndWithinTheirCircle) {
  const std::vector<Sign>& signs = Signs();
  EXPECT_EQ(signs.size(), 12U);
  EXPECT_TRUE(std::ranges::is_sorted(signs, {}, &Sign::name));
  for (const Sign& sign : signs) {
    for (int degree = 0; degree < 360; ++degree) {
      const double angle = degree * std::numbers::pi / 180;
      const Point outside = {1.25 * std::cos(angle), 1.25 * std::sin(angle)};
      EXPECT_EQ(PaintAt(sign.drawing, outside, 0.01).cover, 0) << sign.name;
    }
  }
}

double MeanDifference(const image::Picture& a, const image::Picture& b) {
  double sum = 0;
  for (size_t i = 0; i < a.rgb.size(); ++i) sum += std::abs(a.rgb[i] - b.rgb[i]);
  return sum / static_cast<double>(a.rgb.size());
}

TEST(Signs, NoTwoLookAlike) {
  for (size_t a = 0; a < Signs().size(); ++a) {
    for (size_t b = 0; b < a; ++b) {
      EXPECT_GT(MeanDifference(DrawPlain(a, 48, 1), DrawPlain(b, 48, 1)), 4)
          << Signs()[a].name << " and " << Signs()[b].name;
    }
  }
}

TEST(SignPicture, TheSameNumbersGiveTheSameBytesAndOthersDoNot) {
  const SignPicture which = {.sign = 3, .part = Part::kTest, .index = 5, .seed = 7, .side = 40};
  const image::Picture picture = Draw(which);
  EXPECT_EQ(picture.width, 40);
  EXPECT_EQ(picture.height, 40);
  EXPECT_EQ(picture.rgb.size(), 40U * 40 * 3);
  EXPECT_EQ(Draw(which).rgb, picture.rgb);
  std::set<std::vector<uint8_t>> all = {picture.rgb};
  for (auto change :
       {+[](SignPicture& p) { p.sign = 4; }, +[](SignPicture& p) { p.index = 6; },
        +[](SignPicture& p) { p.seed = 8; }, +[](SignPicture& p) { p.part = Part::kNew; },
        +[](SignPicture& p) { p.part = Part::kTraining; }}) {
    SignPicture other = which;
    change(other);
    EXPECT_TRUE(all.insert(Draw(other).rgb).second);
  }
}

// Every picture shows something: its brightness varies, and it is neither black nor white.
TEST(SignPicture, NoneIsEmpty) {
  for (size_t sign = 0; sign < Signs().size(); ++sign) {
    for (Part part : {Part::kTraining, Part::kTest, Part::kNew}) {
      for (int64_t index = 0; index < 4; ++index) {
        const image::Picture picture =
            Draw({.sign = sign, .part = part, .index = index, .seed = 1, .side = 32});
        double sum = 0, squares = 0;
        for (uint8_t value : picture.rgb) {
          sum += value;
          squares += value * value;
        }
        const auto count = static_cast<double>(picture.rgb.size());
        const double mean = sum / count;
        EXPECT_GT(std::sqrt(squares / count - mean * mean), 12) << Signs()[sign].name;
        EXPECT_GT(mean, 15) << Signs()[sign].name;
        EXPECT_LT(mean, 240) << Signs()[sign].name;
      }
    }
  }
}

TEST(ContactSheet, HasAllPicturesUntouched) {
  const image::Picture red{20, 20, std::vector<uint8_t>(1200, 200)};
  const std::vector<SheetCell> cells(5, {.picture = red, .title = "stop 99%", .subtitle = "right"});
  const image::Picture sheet = DrawContactSheet(cells, 3);
  EXPECT_EQ(sheet.rgb.size(), static_cast<size_t>(sheet.width * sheet.height * 3));
  EXPECT_GT(sheet.width, 3 * 20);
  EXPECT_GT(sheet.height, 2 * 20);
  size_t pixels = 0;
  for (size_t i = 0; i < sheet.rgb.size(); i += 3) {
    pixels += sheet.rgb[i] == 200 && sheet.rgb[i + 1] == 200 && sheet.rgb[i + 2] == 200 ? 1 : 0;
  }
  EXPECT_EQ(pixels, 5U * 400);
}

}  // namespace
}  // namespace goldcrest::drawing
