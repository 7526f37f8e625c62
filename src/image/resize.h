// Resizing by rows, with the exact semantics of the frameworks that models were trained in.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/crop.h"
#include "image/orientation.h"
#include "image/taps.h"

namespace goldcrest::image {

// A picture as it is stored, and the part of the upright picture that is used.
struct ResizeInput {
  int64_t width = 0;  // pixels, as stored
  int64_t height = 0;
  int orientation = 1;  // EXIF
  Region region;        // of the upright picture
  int reduction = 1;    // see RowSource; all of the above is in stored pixels
};

// Takes a picture's stored rows from the top and makes of them the upright picture's region at
// another size. The result is the same to the bit as if the picture had been turned upright first.
//
// Most modes resize the columns of a row first, then the rows of what that gives. TensorFlow's
// antialiasing does the rows first; so does Pillow (13.0) where the rows become fewer by more than
// twice what the columns do (earlier versions never do, which may change a byte by a level or, with
// a filter that overshoots, more). Of a stored picture that lies on its side, the upright rows are
// columns, and the order of the passes over it is the other one.
//
// Only the rows that the next output needs are kept: about 2 · reach · input rows / output rows of
// them (see MakeTaps), as stored or already resized, whichever pass comes first. Memory is reused
// from picture to picture; a picture of a size that was there before takes none.
class Resizer {
 public:
  Resizer(tensor::ResizeMode mode, int64_t width, int64_t height)
      : mode_(mode), width_(width), height_(height) {}

  void Begin(const ResizeInput& input);
  void AddRow(const uint8_t* rgb);  // the next stored row, or what comes of some of them

  // After the last row, until the next Begin: height · width · 3 values in 0..255.
  // Bytes; a mode that makes floats has them rounded half to even, as tensor::ResizeMode says.
  std::span<const uint8_t> Bytes();
  // Before rounding; empty where the mode makes bytes or the region has the size already.
  std::span<const float> floats() const {
    return makes_floats_ ? floats_.result : std::span<const float>();
  }

 private:
  struct Axis {
    Taps taps;
    int64_t first = 0;  // of the section, in the pixels that come
    bool reversed = false;
  };
  static void Prepare(Axis& axis, tensor::ResizeMode mode, int64_t side, int64_t first,
                      int64_t length, int reduction, int64_t outputs);
  template <class T>
  struct Work {
    std::vector<T> ring;    // rows after the first pass, by their position modulo the longest span
    std::vector<T> wide;    // between the passes, where the one across rows is first
    std::vector<T> line;    // a column of the result
    std::vector<T> result;  // the upright picture
  };

  template <class T>
  void Prepare(Work<T>& work);
  template <class T>
  void Use(int64_t position, const uint8_t* pixels, Work<T>& work);
  template <class T>
  void MakeLine(Work<T>& work);
  const uint8_t* Part(const uint8_t* rgb);
  const Taps::Span& next_span() const { return across_.taps.spans[static_cast<size_t>(next_)]; }
  bool more() const { return next_ >= 0 && next_ < across_.taps.outputs(); }

  tensor::ResizeMode mode_;
  int64_t width_;
  int64_t height_;
  Axis along_;   // the stored rows
  Axis across_;  // from stored row to row
  bool swapped_ = false;
  bool along_first_ = true;
  bool makes_floats_ = false;
  int64_t row_ = 0;                   // stored, the next one to come
  int64_t next_ = 0;                  // output on the axis across, the next one to be made
  std::vector<uint8_t> part_;         // of a stored row: the region's, from left to right, padded
  std::vector<uint8_t> stored_ring_;  // rows as they came, where the pass across them is first
  Work<uint8_t> bytes_;
  Work<float> floats_;
};

}  // namespace goldcrest::image
