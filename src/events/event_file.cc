#include "events/event_file.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>

#include "base/file.h"
#include "event.pb.h"
#include "events/records.h"

namespace goldcrest::events {
namespace {

using base::Cat;

constexpr size_t kBuckets = 30;

double Now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string HostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == 0) return "localhost";
  std::string text(name.data());
  std::ranges::replace(text, '/', '_');
  return text;
}

// Messages hold UTF-8 only.
std::string Utf8(std::string text) {
  if (base::IsUtf8(text)) return text;
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return text;
}

void AppendEvent(std::string& records, Event& event) {
  event.set_wall_time(Now());
  AppendRecord(records, base::AsBytes(event.SerializeAsString()));
}

// An event of one value; its tensor is still to be filled.
Tensor& SetValue(Event& event, int64_t step, const std::string& tag, const char* plugin,
                 DataClass data_class, DataType type, std::initializer_list<int64_t> shape) {
  event.set_step(step);
  Summary::Value& value = *event.mutable_summary()->add_value();
  value.set_tag(Utf8(tag));
  value.mutable_metadata()->mutable_plugin_data()->set_plugin_name(plugin);
  value.mutable_metadata()->set_data_class(data_class);
  Tensor& tensor = *value.mutable_tensor();
  tensor.set_dtype(type);
  tensor.mutable_tensor_shape();
  for (int64_t size : shape) tensor.mutable_tensor_shape()->add_dim()->set_size(size);
  return tensor;
}

}  // namespace

std::vector<double> HistogramBuckets(std::span<const float> values) {
  std::vector<double> buckets(kBuckets * 3, 0);
  std::vector<double> finite;
  finite.reserve(values.size());
  for (float value : values) {
    if (std::isfinite(value)) finite.push_back(value);
  }
  if (finite.empty()) return buckets;
  const auto [low, high] = std::ranges::minmax(finite);
  const double width = (high - low) / kBuckets;
  for (size_t i = 0; i < kBuckets; ++i) {
    buckets[i * 3] = low + width * static_cast<double>(i);
    buckets[i * 3 + 1] = i + 1 == kBuckets ? high : low + width * static_cast<double>(i + 1);
  }
  for (double value : finite) {
    const double place = width > 0 ? std::floor((value - low) / width) : kBuckets;
    ++buckets[static_cast<size_t>(std::min<double>(place, kBuckets - 1)) * 3 + 2];
  }
  return buckets;
}

Result<EventFile> EventFile::Create(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return Fail(ErrorCode::kIo, "cannot make the folder ", folder, ": ", error.message());
  }
  static std::atomic<int> count = 0;
  const std::string name = Cat(folder, "/events.out.tfevents.", static_cast<int64_t>(Now()), ".",
                               HostName(), ".", ::getpid(), ".", count++, ".v2");
  GOLDCREST_TRY(base::AppendedFile file, base::AppendedFile::Open(name, true));
  EventFile events(std::move(file));
  Event version;
  version.set_file_version("brain.Event:2");
  AppendEvent(events.waiting_, version);
  return events;
}

void EventFile::AddScalar(int64_t step, const std::string& tag, double value) {
  Event event;
  SetValue(event, step, tag, "scalars", SCALAR, FLOAT, {}).add_float_val(static_cast<float>(value));
  AppendEvent(waiting_, event);
}

void EventFile::AddHistogram(int64_t step, const std::string& tag, std::span<const float> values) {
  Event event;
  Tensor& tensor = SetValue(event, step, tag, "histograms", TENSOR, DOUBLE, {kBuckets, 3});
  for (double number : HistogramBuckets(values)) tensor.add_double_val(number);
  AppendEvent(waiting_, event);
}

void EventFile::AddPictures(int64_t step, const std::string& tag, int64_t width, int64_t height,
                            const std::vector<std::string>& pngs) {
  Event event;
  Tensor& tensor = SetValue(event, step, tag, "images", BLOB_SEQUENCE, STRING,
                            {static_cast<int64_t>(pngs.size()) + 2});
  tensor.add_string_val(Cat(width));
  tensor.add_string_val(Cat(height));
  for (const std::string& png : pngs) tensor.add_string_val(png);
  AppendEvent(waiting_, event);
}

Status EventFile::Flush() {
  const std::string records = std::exchange(waiting_, {});
  return file_.Append(base::AsBytes(records));
}

}  // namespace goldcrest::events
