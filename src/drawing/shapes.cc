#include "drawing/shapes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace goldcrest::drawing {
namespace {

Point Minus(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }

double Squared(Point a) { return a.x * a.x + a.y * a.y; }

// The square of the distance to the line between two points.
double SquaredToSegment(Point point, Point from, Point to) {
  const Point line = Minus(to, from);
  const Point way = Minus(point, from);
  const double length = Squared(line);
  const double share =
      length == 0 ? 0 : std::clamp((way.x * line.x + way.y * line.y) / length, 0.0, 1.0);
  return Squared({way.x - line.x * share, way.y - line.y * share});
}

double DistanceTo(const Disc& disc, Point point) {
  return std::sqrt(Squared(Minus(point, disc.center))) - disc.radius;
}

double DistanceTo(const Ring& ring, Point point) {
  return std::abs(std::sqrt(Squared(Minus(point, ring.center))) - ring.radius) - ring.width / 2;
}

double DistanceTo(const Ellipse& ellipse, Point point) {
  const Point way = Minus(point, ellipse.center);
  const double sine = std::sin(ellipse.angle);
  const double cosine = std::cos(ellipse.angle);
  const Point scaled = {(way.x * cosine + way.y * sine) / ellipse.along,
                        (way.y * cosine - way.x * sine) / ellipse.across};
  return (std::sqrt(Squared(scaled)) - 1) * std::min(ellipse.along, ellipse.across);
}

double DistanceTo(const Box& box, Point point) {
  const double x = std::abs(point.x - box.center.x) - box.half_width + box.corner;
  const double y = std::abs(point.y - box.center.y) - box.half_height + box.corner;
  return std::sqrt(Squared({std::max(x, 0.0), std::max(y, 0.0)})) + std::min(std::max(x, y), 0.0) -
         box.corner;
}

double DistanceTo(const Polygon& polygon, Point point) {
  double nearest = std::numeric_limits<double>::max();
  bool inside = false;
  Point last = polygon.corners.back();
  for (const Point& next : polygon.corners) {
    nearest = std::min(nearest, SquaredToSegment(point, last, next));
    if ((next.y > point.y) != (last.y > point.y) &&
        point.x < next.x + (last.x - next.x) * (point.y - next.y) / (last.y - next.y)) {
      inside = !inside;
    }
    last = next;
  }
  return (inside ? -1 : 1) * std::sqrt(nearest) - polygon.corner;
}

double DistanceTo(const Stroke& stroke, Point point) {
  double nearest = Squared(Minus(point, stroke.points.front()));
  for (size_t i = 1; i < stroke.points.size(); ++i) {
    nearest = std::min(nearest, SquaredToSegment(point, stroke.points[i - 1], stroke.points[i]));
  }
  return std::sqrt(nearest) - stroke.width / 2;
}

}  // namespace

Color Mix(const Color& from, const Color& to, double share) {
  return {from.red + (to.red - from.red) * share, from.green + (to.green - from.green) * share,
          from.blue + (to.blue - from.blue) * share};
}

Color Scaled(const Color& color, double factor) {
  return {color.red * factor, color.green * factor, color.blue * factor};
}

double Distance(const Shape& shape, Point point) {
  return std::visit([&](const auto& kind) { return DistanceTo(kind, point); }, shape);
}

Polygon Regular(int corners, double radius, double turn, double corner) {
  Polygon polygon{{}, corner};
  for (int i = 0; i < corners; ++i) {
    const double angle = turn + 2 * std::numbers::pi * i / corners;
    polygon.corners.push_back({radius * std::cos(angle), radius * std::sin(angle)});
  }
  return polygon;
}

double Cover(const Shape& shape, Point point, double pixel) {
  return std::clamp(0.5 - Distance(shape, point) / pixel, 0.0, 1.0);
}

Paint PaintAt(const Drawing& drawing, Point point, double pixel) {
  Paint paint;
  for (const Layer& layer : drawing) {
    const double cover = Cover(layer.shape, point, pixel);
    if (cover == 0) continue;
    const double all = cover + paint.cover * (1 - cover);
    paint.color = Mix(paint.color, layer.color, cover / all);
    paint.cover = all;
  }
  return paint;
}

}  // namespace goldcrest::drawing
