// What lies behind signs: countryside, streets, foliage, walls.
#pragma once

#include <cstdint>

#include "augment/draws.h"
#include "drawing/shapes.h"

namespace goldcrest::drawing {

enum class Place : uint8_t {
  kSummer,
  kAutumn,
  kSnow,
  kDusk,
  kStreet,
  kStreetAtNight,
  kFoliage,
  kWall,
};

// One place, as seen once.
class Scene {
 public:
  Scene(Place place, augment::Draws& draws);

  // Of points in the unit square.
  Color At(Point point) const;

  // The colour of the light that falls on what stands there.
  Color light() const;

 private:
  bool Countryside() const;
  Color Sky(Point point) const;
  Color Land(Point point) const;
  Color Town(Point point) const;
  Color House(Point point, int64_t number) const;
  Color Road(Point point) const;
  Color Foliage(Point point) const;
  Color Wall(Point point) const;
  Color Lamps(Point point, const Color& behind) const;

  Place place_;
  uint64_t seed_;
  double horizon_;
  double vanishing_;  // of the road, x
  double clouds_;
  bool road_;
  double house_width_;
  double brick_height_;
};

}  // namespace goldcrest::drawing
