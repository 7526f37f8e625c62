// Flat shapes by their signed distance, and drawings made of them.
#pragma once

#include <variant>
#include <vector>

namespace goldcrest::drawing {

// x to the right, y down.
struct Point {
  double x = 0, y = 0;
};

// Shares of full brightness, in [0, 1] but for what is over-exposed.
struct Color {
  double red = 0, green = 0, blue = 0;
};

Color Mix(const Color& from, const Color& to, double share);
Color Scaled(const Color& color, double factor);

struct Disc {
  Point center;
  double radius;
};
struct Ring {
  Point center;
  double radius;  // of the middle of the line
  double width;
};
struct Ellipse {
  Point center;
  double along, across;  // half axes
  double angle;          // of `along`, in radians
};
struct Box {
  Point center;
  double half_width, half_height;
  double corner;  // radius by which the corners are round, within the box
};
struct Polygon {
  std::vector<Point> corners;
  double corner;  // radius that is added all around
};
struct Stroke {
  std::vector<Point> points;
  double width;
};
using Shape = std::variant<Disc, Ring, Ellipse, Box, Polygon, Stroke>;

// How far a point is from the edge, negative inside (of an ellipse roughly). The formulas are those
// of I. Quilez, "2D distance functions".
double Distance(const Shape& shape, Point point);

// A regular polygon, its first corner at `turn` radians from the right.
Polygon Regular(int corners, double radius, double turn, double corner);

struct Layer {
  Shape shape;
  Color color;
};

// Later layers cover earlier ones.
using Drawing = std::vector<Layer>;

// How much of a pixel of side `pixel` around the point lies inside the shape, in [0, 1].
double Cover(const Shape& shape, Point point, double pixel);

struct Paint {
  Color color;
  double cover = 0;
};

// What a pixel of a drawing shows, and how much of the ground it hides.
Paint PaintAt(const Drawing& drawing, Point point, double pixel);

}  // namespace goldcrest::drawing
