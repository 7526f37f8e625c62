#include "drawing/sign_picture.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <utility>

#include "augment/draws.h"
#include "drawing/camera.h"
#include "drawing/noise.h"
#include "drawing/scene.h"
#include "drawing/signs.h"

namespace goldcrest::drawing {
namespace {

using augment::Draws;
using augment::Purpose;

constexpr double kDegree = std::numbers::pi / 180;
constexpr double kPictureSide = 80;  // for which lengths in pixels are meant

// What pictures of a part go through at most.
struct Conditions {
  std::span<const Place> places;
  double least_radius, most_radius;  // of the sign, of the picture's side
  double roll;                       // degrees
  double turn;                       // degrees by which the sign looks past the camera
  double shift;                      // of the middle
  double darkest, brightest;
  double blur, motion;  // pixels
  double fog, noise;
  double covered;  // share of pictures in which something is in front of the sign
  double wear;
};

constexpr Place kDay[] = {Place::kSummer, Place::kAutumn, Place::kStreet, Place::kFoliage,
                          Place::kDusk};
constexpr Place kAnywhere[] = {Place::kSummer, Place::kStreet,        Place::kFoliage,
                               Place::kSnow,   Place::kStreetAtNight, Place::kWall};
constexpr Conditions kTrainingConditions = {kDay, 0.27, 0.43, 12,  40,   0.07, 0.5,
                                            1.35, 1,    2,    0.4, 0.06, 0.35, 0.6};
constexpr Conditions kTestConditions = {kAnywhere, 0.27, 0.43, 15,   45,   0.08, 0.5,
                                        1.35,      1.1,  2.5,  0.45, 0.07, 0.4,  0.7};

// Where in the sign's own plane a point of the picture is: a turn, then a projection.
struct Pose {
  Pose(const Conditions& conditions, Draws& draws)
      : center{0.5 + draws.Between(-conditions.shift, conditions.shift),
               0.47 + draws.Between(-conditions.shift, conditions.shift)},
        radius(draws.Between(conditions.least_radius, conditions.most_radius)) {
    // Seldom far from upright and frontal.
    const double side = draws.Between(-1, 1);
    const double roll = conditions.roll * kDegree * side * std::abs(side);
    sine = std::sin(roll);
    cosine = std::cos(roll);
    narrow = std::cos(conditions.turn * kDegree * draws.Unit());
    lean_x = draws.Between(-1, 1) * (1 - narrow) * 0.6;
    lean_y = draws.Between(-0.12, 0.12);
  }

  Point InSign(Point point) const {
    const double x = (point.x - center.x) / radius;
    const double y = (point.y - center.y) / radius;
    const double across = (x * cosine + y * sine) / narrow;
    const double down = y * cosine - x * sine;
    const double depth = std::max(0.3, 1 + lean_x * across + lean_y * down);
    return {across / depth, down / depth};
  }

  Point center;
  double radius;
  double sine = 0, cosine = 1;
  double narrow = 1;  // by the turn
  double lean_x = 0, lean_y = 0;
};

// What stands with the sign, behind it.
Drawing Stand(Draws& draws) {
  const Color steel = Scaled({0.6, 0.61, 0.63}, draws.Between(0.6, 1.2));
  Drawing stand = {{Box{{0, 4}, draws.Between(0.05, 0.09), 4, 0}, steel}};
  if (draws.Unit() < 0.3) {  // a plate below, with some writing
    stand.push_back({Box{{0, 1.28}, 0.62, 0.2, 0.03}, {0.9, 0.9, 0.88}});
    const double words = draws.Between(0.15, 0.5);
    stand.push_back({Box{{draws.Between(-0.1, 0.1), 1.24}, words, 0.045, 0}, {0.15, 0.15, 0.16}});
    stand.push_back({Box{{0, 1.37}, words * 0.7, 0.03, 0}, {0.15, 0.15, 0.16}});
  }
  return stand;
}

// Leaves or a sticker in front of the sign, in the picture's plane.
Drawing InFront(const Conditions& conditions, const Pose& pose, Draws& draws) {
  Drawing drawing;
  if (draws.Unit() >= conditions.covered) return drawing;
  const double angle = draws.Between(0, 2 * std::numbers::pi);
  auto around = [&](double distance, double turn) {
    return Point{pose.center.x + pose.radius * distance * std::cos(angle + turn),
                 pose.center.y + pose.radius * distance * std::sin(angle + turn)};
  };
  if (draws.Unit() < 0.25) {
    const Color paint = {draws.Unit(), draws.Unit(), draws.Unit()};
    drawing.push_back({Disc{around(draws.Between(0.2, 0.8), 0), pose.radius * 0.16}, paint});
    return drawing;
  }
  const auto leaves = 3 + draws.Below(7);
  drawing.push_back({Stroke{{around(1.6, 0), around(0.75, 0)}, 0.012}, {0.22, 0.17, 0.1}});
  for (int64_t i = 0; i < leaves; ++i) {
    const Color green = Mix({0.1, 0.24, 0.06}, {0.45, 0.55, 0.15}, draws.Unit());
    const Point at = around(draws.Between(0.65, 1.35), draws.Between(-0.35, 0.35));
    drawing.push_back({Ellipse{at, draws.Between(0.04, 0.075), draws.Between(0.018, 0.032),
                               draws.Between(0, std::numbers::pi)},
                       green});
  }
  return drawing;
}

// How light falls on the sign, and what years have done to it.
struct Surface {
  Surface(const Conditions& conditions, Draws& draws)
      : seed(static_cast<uint64_t>(draws.Below(int64_t{1} << 48))),
        fade(conditions.wear * 0.5 * draws.Unit()),
        dirt(conditions.wear * draws.Unit()),
        shadow(draws.Unit() < 0.35 ? draws.Between(0.2, 0.5) : 0),
        slope_x(draws.Between(-0.15, 0.15)),
        slope_y(draws.Between(-0.2, 0.1)) {}

  Color Seen(const Color& color, Point point, const Color& light) const {
    const double grey = 0.3 * color.red + 0.6 * color.green + 0.1 * color.blue;
    Color seen = Mix(color, {0.25 + 0.6 * grey, 0.25 + 0.6 * grey, 0.25 + 0.6 * grey}, fade);
    if (dirt > 0.25) {
      const double spots = CloudNoise(seed, {point.x * 3 + 9, point.y * 3 + 9}, 3);
      seen = Mix(seen, {0.32, 0.27, 0.2}, dirt * std::clamp((spots - 0.5) * 2.5, 0.0, 0.8));
    }
    double bright = 1 + slope_x * point.x + slope_y * point.y;
    if (shadow > 0) {
      const double leaves = ValueNoise(seed + 7, {point.x * 1.5 + 9, point.y * 1.5 + 9});
      bright *= 1 - shadow * std::clamp((leaves - 0.42) * 8, 0.0, 1.0);
    }
    return {seen.red * light.red * bright, seen.green * light.green * bright,
            seen.blue * light.blue * bright};
  }

  uint64_t seed;
  double fade, dirt, shadow, slope_x, slope_y;
};

Camera CameraOf(const Conditions& conditions, double pixels, Draws& draws) {
  Camera camera;
  camera.blur = conditions.blur * draws.Unit() * pixels;
  camera.motion = draws.Unit() < 0.4 ? conditions.motion * draws.Unit() * pixels : 0;
  camera.direction = draws.Between(0, std::numbers::pi);
  camera.exposure = draws.Between(conditions.darkest, conditions.brightest);
  camera.fog = draws.Unit() < 0.3 ? conditions.fog * draws.Unit() : 0;
  camera.noise = conditions.noise * draws.Unit();
  camera.seed = static_cast<uint64_t>(draws.Below(int64_t{1} << 48));
  return camera;
}

Color Over(const Drawing& drawing, Point point, double pixel, const Color& behind) {
  const Paint paint = PaintAt(drawing, point, pixel);
  return Mix(behind, paint.color, paint.cover);
}

}  // namespace

image::Picture Draw(const SignPicture& which) {
  const Conditions& conditions =
      which.part == Part::kTraining ? kTrainingConditions : kTestConditions;
  const augment::Occasion occasion = {
      which.seed, static_cast<int64_t>(which.part),
      which.index * static_cast<int64_t>(Signs().size()) + static_cast<int64_t>(which.sign)};
  Draws scene_draws(occasion, Purpose::kScene);
  Draws pose_draws(occasion, Purpose::kPose);
  Draws surface_draws(occasion, Purpose::kSurface);
  Draws camera_draws(occasion, Purpose::kCamera);

  const auto place =
      static_cast<size_t>(scene_draws.Below(static_cast<int64_t>(conditions.places.size())));
  const Scene scene(conditions.places[place], scene_draws);
  const Pose pose(conditions, pose_draws);
  const Drawing& sign = Signs()[which.sign].drawing;
  const Drawing stand = Stand(pose_draws);
  const Drawing front = InFront(conditions, pose, pose_draws);
  const Surface surface(conditions, surface_draws);

  Canvas canvas{which.side, {}};
  canvas.pixels.reserve(static_cast<size_t>(which.side * which.side));
  const double pixel = 1 / static_cast<double>(which.side);
  const double pixel_in_sign = pixel / pose.radius;
  for (int64_t y = 0; y < which.side; ++y) {
    for (int64_t x = 0; x < which.side; ++x) {
      const Point point = {(static_cast<double>(x) + 0.5) * pixel,
                           (static_cast<double>(y) + 0.5) * pixel};
      const Point in_sign = pose.InSign(point);
      Paint paint;
      constexpr double kReach = 1.25;  // of the sign's circle, with the blur of its edge
      if (in_sign.x * in_sign.x + in_sign.y * in_sign.y < kReach * kReach) {
        paint = PaintAt(sign, in_sign, pixel_in_sign);
        paint.color = surface.Seen(paint.color, in_sign, scene.light());
      }
      Color color = paint.color;
      if (paint.cover < 1) {
        color = Mix(Over(stand, in_sign, pixel_in_sign, scene.At(point)), color, paint.cover);
      }
      if (!front.empty()) color = Over(front, point, pixel, color);
      canvas.pixels.push_back(color);
    }
  }
  return Photograph(
      std::move(canvas),
      CameraOf(conditions, static_cast<double>(which.side) / kPictureSide, camera_draws));
}

image::Picture DrawPlain(size_t sign, int64_t side, double grey) {
  Canvas canvas{side, {}};
  const double pixel = 2 * 1.05 / static_cast<double>(side);
  for (int64_t y = 0; y < side; ++y) {
    for (int64_t x = 0; x < side; ++x) {
      const Point point = {(static_cast<double>(x) + 0.5) * pixel - 1.05,
                           (static_cast<double>(y) + 0.5) * pixel - 1.05};
      canvas.pixels.push_back(Over(Signs()[sign].drawing, point, pixel, {grey, grey, grey}));
    }
  }
  return Photograph(std::move(canvas), {});
}

}  // namespace goldcrest::drawing
