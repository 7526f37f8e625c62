// Writes the small files of every format for the fuzz targets: FOLDER/<format>/<number>. The names
// of the targets follow; each format must have one.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/check.h"
#include "support/input_formats.h"

int main(int argc, char** argv) {
  using goldcrest::testing::InputFormats;
  GOLDCREST_CHECK(argc >= 2);
  const std::span<char*> targets(argv + 2, argv + argc);
  GOLDCREST_CHECK(targets.size() == InputFormats().size());
  for (const auto& format : InputFormats()) {
    GOLDCREST_CHECK(std::ranges::count(targets, format.name) == 1);
    const std::filesystem::path folder = std::filesystem::path(argv[1]) / format.name;
    std::filesystem::create_directories(folder);
    int number = 0;
    for (const std::string& file : format.small_files()) {
      std::ofstream(folder / std::to_string(number++), std::ios::binary) << file;
    }
  }
}
