// What TensorFlow's object detection models end in: boxes made of their encodings, and of these the
// best that do not cover each other. Formulas and order: TensorFlow Lite's
// TFLite_Detection_PostProcess.
//
//   y = encoded y / y_scale · anchor height + anchor y         (x alike)
//   height = exp(encoded height / h_scale) · anchor height     (width alike)
#pragma once

#include <cstddef>
#include <cstdint>

namespace goldcrest::kernels::detection {

struct Params {
  int64_t boxes = 1;     // and anchors
  int64_t encoding = 4;  // numbers of a box's encoding, of which four are read
  int64_t classes = 1;
  int64_t score_columns = 1;  // classes, or one more: the first is then the background
  int64_t max_detections = 1, classes_per_detection = 1, detections_per_class = 1;
  bool regular = false;  // each class by itself; else once, by each box's best classes
  float least_score = 0, most_overlap = 0.5F;  // intersection over union
  double y_scale = 1, x_scale = 1, h_scale = 1, w_scale = 1;

  int64_t rows() const { return max_detections * classes_per_detection; }
};

// Bytes of memory that Run needs, aligned to 8.
size_t ScratchBytes(const Params& params);

// Writes rows() boxes (top, left, bottom, right), classes and scores, and their number; zeros where
// there are fewer. An encoding or anchor is y, x, height, width.
void Run(const Params& params, const float* encodings, const float* scores, const float* anchors,
         float* y, std::byte* scratch) noexcept;

}  // namespace goldcrest::kernels::detection
