// Small files of pictures, made by the formats' own libraries.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace goldcrest::testing {

// Fills a row of RGB pixels.
using RowMaker = std::function<void(int y, std::span<uint8_t> row)>;

RowMaker Noise(uint64_t seed);

// 4:2:0, of quality 75.
std::string MakeJpeg(int width, int height, bool progressive, const RowMaker& make_row = Noise(1));

// Seeded noise; the types are libpng's.
std::string MakePng(int width, int height, int color_type, int bits, bool interlaced);
// The beginning of such a file, and no pixels behind it.
std::string MakePngHeader(int width, int height, int color_type, int bits, bool interlaced);

// Bottom-up, 24 bits, whose bytes count up.
std::string MakeBmp(int width, int height);

// A few of each kind, of a few hundred bytes.
std::vector<std::string> SmallJpegs();
std::vector<std::string> SmallPngs();
std::vector<std::string> SmallBmps();

}  // namespace goldcrest::testing
