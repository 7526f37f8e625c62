#include "drawing/scene.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "drawing/noise.h"

namespace goldcrest::drawing {
namespace {

struct Palette {
  Color zenith, skyline, cloud, hill, tree, ground, grass, light;
};

constexpr Palette kPalettes[] = {
    {{0.27, 0.5, 0.85},
     {0.75, 0.86, 0.95},
     {0.97, 0.97, 0.98},
     {0.36, 0.48, 0.45},
     {0.13, 0.28, 0.12},
     {0.3, 0.45, 0.16},
     {0.55, 0.62, 0.25},
     {1.04, 1.02, 0.97}},
    {{0.5, 0.62, 0.78},
     {0.86, 0.86, 0.84},
     {0.9, 0.9, 0.9},
     {0.5, 0.42, 0.36},
     {0.62, 0.33, 0.08},
     {0.5, 0.4, 0.18},
     {0.75, 0.5, 0.15},
     {1.02, 0.98, 0.9}},
    {{0.6, 0.67, 0.78},
     {0.85, 0.88, 0.92},
     {0.93, 0.94, 0.96},
     {0.68, 0.72, 0.78},
     {0.25, 0.29, 0.31},
     {0.86, 0.89, 0.94},
     {0.95, 0.96, 0.98},
     {0.93, 0.97, 1.04}},
    {{0.2, 0.17, 0.4},
     {0.98, 0.55, 0.25},
     {0.75, 0.35, 0.35},
     {0.25, 0.15, 0.26},
     {0.08, 0.06, 0.1},
     {0.14, 0.12, 0.14},
     {0.25, 0.18, 0.16},
     {0.8, 0.6, 0.55}},
    {{0.45, 0.6, 0.8},
     {0.82, 0.87, 0.92},
     {0.95, 0.95, 0.96},
     {0.6, 0.6, 0.6},
     {0.2, 0.3, 0.15},
     {0.4, 0.4, 0.41},
     {0.48, 0.48, 0.48},
     {1, 1, 1}},
    {{0.03, 0.04, 0.1},
     {0.12, 0.11, 0.18},
     {0.1, 0.1, 0.16},
     {0.1, 0.1, 0.1},
     {0.04, 0.05, 0.04},
     {0.1, 0.1, 0.11},
     {0.14, 0.14, 0.15},
     {0.8, 0.74, 0.6}},
    {{0.8, 0.88, 0.9},
     {0.8, 0.88, 0.9},
     {1, 1, 1},
     {0.3, 0.4, 0.2},
     {0.07, 0.16, 0.05},
     {0.2, 0.4, 0.1},
     {0.55, 0.7, 0.2},
     {0.95, 1, 0.92}},
    {{0.75, 0.72, 0.66},
     {0.75, 0.72, 0.66},
     {0.9, 0.9, 0.9},
     {0.5, 0.5, 0.5},
     {0.48, 0.18, 0.12},
     {0.7, 0.36, 0.22},
     {0.6, 0.5, 0.4},
     {0.98, 0.95, 0.9}},
};

const Palette& Of(Place place) { return kPalettes[static_cast<size_t>(place)]; }

double Between(double low, double high, double x) {
  const double share = std::clamp((x - low) / (high - low), 0.0, 1.0);
  return share * share * (3 - 2 * share);
}

double Chance(uint64_t seed, uint64_t index) { return base::UnitOf(base::Mixed(seed, index)); }

}  // namespace

Scene::Scene(Place place, augment::Draws& draws)
    : place_(place),
      seed_(static_cast<uint64_t>(draws.Below(int64_t{1} << 48))),
      horizon_(draws.Between(0.45, 0.8)),
      vanishing_(draws.Between(0.1, 0.9)),
      clouds_(draws.Between(0.35, 0.7)),
      road_(draws.Unit() < 0.6),
      house_width_(draws.Between(0.18, 0.4)),
      brick_height_(draws.Between(0.05, 0.1)) {}

Color Scene::light() const { return Of(place_).light; }

bool Scene::Countryside() const {
  return place_ == Place::kSummer || place_ == Place::kAutumn || place_ == Place::kSnow ||
         place_ == Place::kDusk;
}

Color Scene::At(Point point) const {
  if (place_ == Place::kFoliage) return Foliage(point);
  if (place_ == Place::kWall) return Wall(point);
  return Countryside() ? Land(point) : Town(point);
}

Color Scene::Sky(Point point) const {
  const Palette& palette = Of(place_);
  const Color clear =
      Mix(palette.zenith, palette.skyline, std::clamp(point.y / horizon_, 0.0, 1.0));
  const double cloud = CloudNoise(seed_, {point.x * 3, point.y * 6}, 4);
  return Mix(clear, palette.cloud, 0.85 * Between(clouds_, clouds_ + 0.25, cloud));
}

Color Scene::Land(Point point) const {
  const Palette& palette = Of(place_);
  const double trees = horizon_ - 0.03 - 0.16 * ValueNoise(seed_ + 11, {point.x * 6, 0}) -
                       0.05 * ValueNoise(seed_ + 12, {point.x * 31, 0});
  const double hills = horizon_ - 0.06 - 0.22 * ValueNoise(seed_ + 13, {point.x * 2, 0});
  if (point.y < std::min(trees, hills)) return Sky(point);
  if (point.y < trees) return Mix(palette.hill, palette.skyline, 0.35);
  if (point.y < horizon_) {
    const double leaves = CloudNoise(seed_ + 14, {point.x * 20, point.y * 20}, 2);
    return Scaled(palette.tree, 0.55 + 0.9 * leaves);
  }
  if (road_) {
    const double half = 0.9 * (point.y - horizon_) + 0.01;
    if (std::abs(point.x - vanishing_) < half) return Road(point);
  }
  const double near = 1 / (point.y - horizon_ + 0.12);
  const double blades =
      CloudNoise(seed_ + 15, {(point.x - 0.5) * near * 6, near * 9 + point.y * 30}, 3);
  return Mix(palette.ground, palette.grass, Between(0.25, 0.75, blades));
}

Color Scene::Road(Point point) const {
  const double depth = point.y - horizon_ + 0.02;
  const Color asphalt = place_ == Place::kStreetAtNight || place_ == Place::kDusk
                            ? Color{0.12, 0.12, 0.14}
                            : Color{0.42, 0.42, 0.44};
  const double side = std::abs(point.x - vanishing_) / depth;
  const double dash = std::fmod(1 / depth, 2.0);
  if (side < 0.06 && dash < 1) return Mix(asphalt, {0.9, 0.9, 0.88}, 0.8);
  const double grain = ValueNoise(seed_ + 16, {point.x * 70, point.y * 70});
  return Scaled(asphalt, 0.85 + 0.3 * grain);
}

Color Scene::House(Point point, int64_t number) const {
  const auto house = static_cast<uint64_t>(number);
  const bool night = place_ == Place::kStreetAtNight;
  const double hue = Chance(seed_ + 21, house);
  Color plaster = Mix({0.8, 0.72, 0.58}, {0.6, 0.4, 0.34}, hue);
  plaster = Mix(plaster, {0.72, 0.74, 0.76}, Chance(seed_ + 22, house));
  if (night) plaster = Scaled(plaster, 0.18);
  const double across = (point.x / house_width_ - static_cast<double>(number)) * 4;
  const double up = (horizon_ - point.y) * 9;
  const bool window =
      std::abs(across - std::round(across - 0.5) - 0.5) < 0.27 && up - std::floor(up) > 0.35;
  if (!window) return plaster;
  const uint64_t which = house * 1000 + static_cast<uint64_t>(static_cast<int64_t>(across) * 40 +
                                                              static_cast<int64_t>(up));
  if (night) {
    return Chance(seed_ + 23, which) < 0.4 ? Color{0.95, 0.75, 0.4} : Color{0.05, 0.06, 0.1};
  }
  return Mix({0.16, 0.2, 0.26}, {0.5, 0.62, 0.72}, Chance(seed_ + 23, which));
}

Color Scene::Town(Point point) const {
  const auto number = static_cast<int64_t>(std::floor(point.x / house_width_));
  const double height = 0.2 + 0.5 * Chance(seed_ + 20, static_cast<uint64_t>(number));
  if (point.y < horizon_ - height) return Lamps(point, Sky(point));
  if (point.y < horizon_) return Lamps(point, House(point, number));
  const double half = 1.3 * (point.y - horizon_) + 0.02;
  if (std::abs(point.x - vanishing_) < half) return Lamps(point, Road(point));
  const double slabs = ValueNoise(seed_ + 24, {point.x * 40, point.y * 40});
  return Scaled(Mix(Of(place_).ground, Of(place_).grass, slabs), 1.15);
}

// Lights that are out of focus.
Color Scene::Lamps(Point point, const Color& behind) const {
  if (place_ != Place::kStreetAtNight) return behind;
  Color color = behind;
  for (uint64_t i = 0; i < 7; ++i) {
    auto chance = [&](uint64_t which) { return Chance(seed_ + 30 + which, i); };
    const Disc disc = {{chance(0), 0.1 + 0.7 * chance(1)}, 0.02 + 0.06 * chance(2)};
    const Color glow = Mix({1, 0.75, 0.35}, {0.95, 0.3, 0.2}, chance(3) < 0.3 ? 1 : 0);
    color = Mix(color, glow, 0.65 * Cover(disc, point, 0.02));
  }
  return color;
}

Color Scene::Foliage(Point point) const {
  const Palette& palette = Of(place_);
  const double branch = CloudNoise(seed_ + 41, {point.x * 4, point.y * 4}, 3);
  const double leaves = CloudNoise(seed_ + 42, {point.x * 17, point.y * 17}, 2);
  Color color = Mix(palette.tree, palette.ground, Between(0.3, 0.65, branch));
  color = Mix(color, palette.grass, Between(0.5, 0.85, leaves) * (0.3 + 0.7 * branch));
  return Mix(color, palette.cloud, Between(0.78, 0.9, branch * 0.5 + leaves * 0.6));
}

Color Scene::Wall(Point point) const {
  const Palette& palette = Of(place_);
  const double row = std::floor(point.y / brick_height_);
  const double shift = std::fmod(row, 2.0) == 0 ? 0 : 0.5;
  const double across = point.x / (brick_height_ * 2.4) + shift;
  const double column = std::floor(across);
  const double down = point.y / brick_height_ - row;
  const double joint = brick_height_ < 0.07 ? 0.16 : 0.12;
  if (down < joint || across - column < joint / 2.4) return palette.zenith;
  const double tone = Chance(seed_ + 51, static_cast<uint64_t>(static_cast<int64_t>(row) * 1000 +
                                                               static_cast<int64_t>(column)));
  const double stain = ValueNoise(seed_ + 52, {point.x * 3, point.y * 3});
  return Scaled(Mix(palette.tree, palette.ground, tone), 0.8 + 0.4 * stain);
}

}  // namespace goldcrest::drawing
