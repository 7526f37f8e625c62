#include "drawing/signs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "drawing/letters.h"

namespace goldcrest::drawing {
namespace {

constexpr Color kRed = {0.78, 0.07, 0.1};
constexpr Color kBlue = {0.05, 0.26, 0.62};
constexpr Color kYellow = {0.97, 0.76, 0.06};
constexpr Color kWhite = {0.95, 0.95, 0.94};
constexpr Color kBlack = {0.07, 0.07, 0.08};
constexpr Color kAmber = {0.95, 0.62, 0.08};
constexpr Color kGreen = {0.08, 0.55, 0.25};

constexpr double kUp = -std::numbers::pi / 2;

Drawing Stop() {
  constexpr double kTurn = std::numbers::pi / 8;
  Drawing drawing = {{Regular(8, 0.97, kTurn, 0.02), kWhite}, {Regular(8, 0.9, kTurn, 0), kRed}};
  AddText(drawing, "STOP", {.height = 0.66, .width = 0.13, .stretch = 0.66, .color = kWhite});
  return drawing;
}

// A triangle with a red edge, its corner at `turn`.
Drawing Triangle(double turn) {
  return {{Regular(3, 0.88, turn, 0.1), kRed}, {Regular(3, 0.56, turn, 0.04), kWhite}};
}

Drawing GiveWay() { return Triangle(-kUp); }

Drawing TrafficLights() {
  Drawing drawing = Triangle(kUp);
  constexpr double kMiddle = 0.05;
  drawing.push_back({Box{{0, kMiddle}, 0.14, 0.36, 0.08}, kBlack});
  constexpr std::array kLights = {kRed, kAmber, kGreen};
  for (size_t i = 0; i < kLights.size(); ++i) {
    drawing.push_back({Disc{{0, kMiddle + (static_cast<double>(i) - 1) * 0.22}, 0.09}, kLights[i]});
  }
  return drawing;
}

Drawing NoEntry() {
  return {{Disc{{}, 0.98}, kWhite}, {Disc{{}, 0.93}, kRed}, {Box{{}, 0.68, 0.17, 0.02}, kWhite}};
}

Drawing NoParking() {
  Drawing drawing = {{Disc{{}, 0.98}, kRed}, {Disc{{}, 0.78}, kBlue}};
  constexpr double kEnd = 0.58;
  drawing.push_back({Stroke{{{-kEnd, -kEnd}, {kEnd, kEnd}}, 0.19}, kRed});
  return drawing;
}

Drawing PriorityRoad() {
  return {{Regular(4, 0.95, 0, 0.03), kBlack},
          {Regular(4, 0.91, 0, 0.03), kWhite},
          {Regular(4, 0.62, 0, 0.02), kYellow}};
}

// Someone who walks over stripes, in a triangle on a square.
Drawing Crossing() {
  Drawing drawing = {{Box{{}, 0.85, 0.85, 0.09}, kWhite},
                     {Box{{}, 0.81, 0.81, 0.07}, kBlue},
                     {Polygon{{{0, -0.64}, {0.64, 0.5}, {-0.64, 0.5}}, 0.04}, kWhite}};
  auto limb = [&](std::vector<Point> points, double width) {
    drawing.push_back({Stroke{std::move(points), width}, kBlack});
  };
  drawing.push_back({Disc{{0.03, -0.36}, 0.085}, kBlack});
  limb({{0.0, -0.2}, {-0.04, 0.06}}, 0.17);               // the body
  limb({{-0.02, 0.06}, {0.12, 0.22}, {0.2, 0.42}}, 0.1);  // legs
  limb({{-0.05, 0.06}, {-0.12, 0.24}, {-0.26, 0.4}}, 0.1);
  limb({{0.02, -0.2}, {0.15, -0.04}, {0.24, -0.02}}, 0.08);  // arms
  limb({{-0.03, -0.2}, {-0.17, -0.06}, {-0.17, 0.06}}, 0.08);
  for (double x : {-0.48, -0.22, 0.04, 0.3, 0.52}) {
    drawing.push_back({Box{{x, 0.49}, 0.07, 0.03, 0}, kBlack});
  }
  return drawing;
}

// Three arrows, each after the next.
Drawing Roundabout() {
  Drawing drawing = {{Disc{{}, 0.98}, kWhite}, {Disc{{}, 0.93}, kBlue}};
  constexpr double kRadius = 0.5;
  auto at = [](double angle, double radius) {
    return Point{radius * std::cos(angle), radius * std::sin(angle)};
  };
  for (int i = 0; i < 3; ++i) {
    const double start = kUp + 2 * std::numbers::pi * i / 3;
    std::vector<Point> arc;
    constexpr int kSteps = 10;
    constexpr double kLength = -1.3;  // against the clock
    for (int step = 0; step <= kSteps; ++step) {
      arc.push_back(at(start + kLength * step / kSteps, kRadius));
    }
    drawing.push_back({Stroke{std::move(arc), 0.17}, kWhite});
    const double tip = start + kLength;
    drawing.push_back({Polygon{{at(tip + 0.05, kRadius - 0.24), at(tip + 0.05, kRadius + 0.24),
                                at(tip - 0.56, kRadius + 0.02)},
                               0.02},
                       kWhite});
  }
  return drawing;
}

Drawing CycleWay() {
  Drawing drawing = {{Disc{{}, 0.98}, kWhite}, {Disc{{}, 0.93}, kBlue}};
  constexpr double kWheels = 0.22;
  drawing.push_back({Ring{{-0.44, kWheels}, 0.27, 0.08}, kWhite});
  drawing.push_back({Ring{{0.44, kWheels}, 0.27, 0.08}, kWhite});
  auto tube = [&](std::vector<Point> points) {
    drawing.push_back({Stroke{std::move(points), 0.085}, kWhite});
  };
  tube({{-0.44, kWheels}, {-0.02, kWheels}, {0.3, -0.22}, {-0.2, -0.22}, {-0.44, kWheels}});
  tube({{-0.02, kWheels}, {-0.25, -0.36}});                            // the seat's
  tube({{0.44, kWheels}, {0.25, -0.42}, {0.4, -0.5}, {0.48, -0.44}});  // the fork
  tube({{-0.38, -0.38}, {-0.14, -0.38}});                              // the seat
  return drawing;
}

Drawing SpeedLimit(std::string_view number) {
  Drawing drawing = {{Disc{{}, 0.98}, kRed}, {Disc{{}, 0.76}, kWhite}};
  AddText(drawing, number, {.height = 0.86, .width = 0.16, .stretch = 0.72, .color = kBlack});
  return drawing;
}

// An arrow up or down; `way` is -1 or 1.
void AddArrow(Drawing& drawing, double x, double way, const Color& color) {
  drawing.push_back({Box{{x, -0.12 * way}, 0.09, 0.34, 0}, color});
  drawing.push_back(
      {Polygon{{{x - 0.23, 0.12 * way}, {x + 0.23, 0.12 * way}, {x, 0.52 * way}}, 0.01}, color});
}

Drawing OncomingFirst() {
  Drawing drawing = {{Disc{{}, 0.98}, kRed}, {Disc{{}, 0.76}, kWhite}};
  AddArrow(drawing, -0.27, -1, kRed);
  AddArrow(drawing, 0.27, 1, kBlack);
  return drawing;
}

}  // namespace

const std::vector<Sign>& Signs() {
  static const std::vector<Sign> signs = {
      {"crossing", Crossing()},
      {"cycle_way", CycleWay()},
      {"give_way", GiveWay()},
      {"no_entry", NoEntry()},
      {"no_parking", NoParking()},
      {"oncoming_first", OncomingFirst()},
      {"priority_road", PriorityRoad()},
      {"roundabout", Roundabout()},
      {"speed_30", SpeedLimit("30")},
      {"speed_70", SpeedLimit("70")},
      {"stop", Stop()},
      {"traffic_lights", TrafficLights()},
  };
  return signs;
}

}  // namespace goldcrest::drawing
