#include "support/picture_files.h"

#include <png.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>
// jpeglib.h needs stdio.h before it.
#include <jpeglib.h>

#include "support/random.h"

namespace goldcrest::testing {
namespace {

struct PngWriter {
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);

  PngWriter(int width, int height, int color_type, int bits, bool interlaced) {
    png_set_write_fn(
        png, &file,
        [](png_structp writer, png_bytep bytes, size_t count) {
          static_cast<std::string*>(png_get_io_ptr(writer))
              ->append(reinterpret_cast<char*>(bytes), count);
        },
        nullptr);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), bits,
                 color_type, interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
  }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;
  ~PngWriter() { png_destroy_write_struct(&png, &info); }
};

}  // namespace

RowMaker Noise(uint64_t seed) {
  return [random = Random(seed)](int, std::span<uint8_t> row) mutable {
    for (uint8_t& x : row) x = static_cast<uint8_t>(random.Next());
  };
}

std::string MakeJpeg(int width, int height, bool progressive, const RowMaker& make_row) {
  jpeg_compress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &out, &size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  // The mean colours of all channels, then each channel's other frequencies, whole.
  constexpr jpeg_scan_info kScans[] = {{3, {0, 1, 2}, 0, 0, 0, 0},
                                       {1, {0}, 1, 63, 0, 0},
                                       {1, {1}, 1, 63, 0, 0},
                                       {1, {2}, 1, 63, 0, 0}};
  if (progressive) {
    info.scan_info = kScans;
    info.num_scans = 4;
  }
  jpeg_start_compress(&info, TRUE);
  std::vector<uint8_t> row(static_cast<size_t>(width) * 3);
  while (info.next_scanline < info.image_height) {
    make_row(static_cast<int>(info.next_scanline), row);
    unsigned char* rows = row.data();
    jpeg_write_scanlines(&info, &rows, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::string file(reinterpret_cast<char*>(out), size);
  std::free(out);
  return file;
}

std::string MakePng(int width, int height, int color_type, int bits, bool interlaced) {
  PngWriter writer(width, height, color_type, bits, interlaced);
  Random random(2);
  std::vector<std::vector<png_byte>> rows(static_cast<size_t>(height));
  std::vector<png_bytep> pointers;
  for (auto& row : rows) {
    row.resize(png_get_rowbytes(writer.png, writer.info));
    for (png_byte& byte : row) byte = static_cast<png_byte>(random.Next());
    pointers.push_back(row.data());
  }
  png_write_image(writer.png, pointers.data());
  png_write_end(writer.png, nullptr);
  return writer.file;
}

std::string MakePngHeader(int width, int height, int color_type, int bits, bool interlaced) {
  return PngWriter(width, height, color_type, bits, interlaced).file;
}

std::string MakeBmp(int width, int height) {
  auto little = [](size_t v, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(v >> (8 * i));
    return text;
  };
  auto stride = static_cast<size_t>((width * 24 + 31) / 32 * 4);
  std::string file =
      "BM" + little(0, 8) + little(54, 4) + little(40, 4) + little(static_cast<size_t>(width), 4) +
      little(static_cast<size_t>(height), 4) + little(1, 2) + little(24, 2) + std::string(24, '\0');
  for (size_t i = 0; i < stride * static_cast<size_t>(height); ++i) file += static_cast<char>(i);
  return file;
}

std::vector<std::string> SmallJpegs() { return {MakeJpeg(33, 17, false), MakeJpeg(33, 17, true)}; }

std::vector<std::string> SmallPngs() {
  return {MakePng(9, 7, PNG_COLOR_TYPE_RGB, 8, false),
          MakePng(9, 7, PNG_COLOR_TYPE_RGB_ALPHA, 16, true),
          MakePng(9, 7, PNG_COLOR_TYPE_GRAY, 1, false)};
}

std::vector<std::string> SmallBmps() { return {MakeBmp(9, 7)}; }

}  // namespace goldcrest::testing
