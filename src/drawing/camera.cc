#include "drawing/camera.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace goldcrest::drawing {
namespace {

constexpr Color kFog = {0.74, 0.76, 0.79};

// The canvas with its weighted sum of itself at offsets (dx, dy) · k for each weight k.
Canvas Blurred(const Canvas& canvas, double dx, double dy, const std::vector<double>& weights) {
  Canvas blurred{canvas.side, std::vector<Color>(canvas.pixels.size())};
  const int64_t last = canvas.side - 1;
  const auto middle = static_cast<double>(weights.size() - 1) / 2;
  for (size_t k = 0; k < weights.size(); ++k) {
    const int64_t right = std::lround(dx * (static_cast<double>(k) - middle));
    const int64_t down = std::lround(dy * (static_cast<double>(k) - middle));
    for (int64_t y = 0; y <= last; ++y) {
      const int64_t from_y = std::clamp<int64_t>(y + down, 0, last) * canvas.side;
      for (int64_t x = 0; x <= last; ++x) {
        const Color& from =
            canvas.pixels[static_cast<size_t>(from_y + std::clamp<int64_t>(x + right, 0, last))];
        Color& to = blurred.pixels[static_cast<size_t>(y * canvas.side + x)];
        to = {to.red + weights[k] * from.red, to.green + weights[k] * from.green,
              to.blue + weights[k] * from.blue};
      }
    }
  }
  return blurred;
}

std::vector<double> Bell(double sigma) {
  const auto reach = static_cast<int>(std::ceil(2.5 * sigma));
  std::vector<double> weights;
  double sum = 0;
  for (int k = -reach; k <= reach; ++k) {
    weights.push_back(std::exp(-k * k / (2 * sigma * sigma)));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// Roughly normal, with deviation 1.
double Grain(uint64_t seed, uint64_t index) {
  const uint64_t bits = base::Mixed(seed, index);
  double sum = -2;
  for (int k = 0; k < 4; ++k) sum += static_cast<double>(bits >> (16 * k) & 0xffff) / 0xffff;
  return sum * std::sqrt(3.0);
}

}  // namespace

image::Picture Photograph(Canvas canvas, const Camera& camera) {
  constexpr double kVisible = 0.3;
  if (camera.blur > kVisible) {
    const std::vector<double> weights = Bell(camera.blur);
    canvas = Blurred(Blurred(canvas, 1, 0, weights), 0, 1, weights);
  }
  if (camera.motion > 1) {
    const auto steps = static_cast<size_t>(std::ceil(camera.motion));
    const std::vector<double> weights(steps, 1 / static_cast<double>(steps));
    canvas = Blurred(canvas, std::cos(camera.direction), std::sin(camera.direction), weights);
  }
  image::Picture picture{canvas.side, canvas.side, {}};
  picture.rgb.reserve(canvas.pixels.size() * 3);
  uint64_t index = 0;
  // Most of the noise is of brightness, some of colour.
  const double bright = 0.8 * camera.noise;
  const double colored = 0.6 * camera.noise;
  for (const Color& pixel : canvas.pixels) {
    const Color seen = Scaled(Mix(pixel, kFog, camera.fog), camera.exposure);
    const double grain = bright * Grain(camera.seed, index++);
    for (double value : {seen.red, seen.green, seen.blue}) {
      value += grain + colored * Grain(camera.seed, index++);
      picture.rgb.push_back(static_cast<uint8_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255)));
    }
  }
  return picture;
}

}  // namespace goldcrest::drawing
