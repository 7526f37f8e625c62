// Event files, which TensorBoard shows. Values are tensors with the name of the plugin that shows
// them, as TensorFlow 2's tf.summary and Keras write them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/appended_file.h"
#include "base/result.h"

namespace goldcrest::events {

class EventFile {
 public:
  // A new file in the folder, which is made where it is not there: events.out.tfevents.TIME.HOST…
  static Result<EventFile> Create(const std::string& folder);

  // These wait for Flush. Tags are paths: TensorBoard groups by what is before the first '/'.
  void AddScalar(int64_t step, const std::string& tag, double value);
  // 30 buckets of equal width from the smallest to the largest, what is no finite number left out.
  void AddHistogram(int64_t step, const std::string& tag, std::span<const float> values);
  // PNG files of one size.
  void AddPictures(int64_t step, const std::string& tag, int64_t width, int64_t height,
                   const std::vector<std::string>& pngs);

  // Hands all to the operating system.
  Status Flush();

 private:
  explicit EventFile(base::AppendedFile file) : file_(std::move(file)) {}

  base::AppendedFile file_;
  std::string waiting_;  // records
};

// [30][left, right, count] of the finite values. Where all are equal, every bucket is that value
// and the last has them; where there are none, all is 0.
std::vector<double> HistogramBuckets(std::span<const float> values);

}  // namespace goldcrest::events
