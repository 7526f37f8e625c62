#include "pipeline/model_file.h"

#include <array>

#include "formats/keras/keras.h"
#include "formats/tflite/tflite.h"

namespace goldcrest::pipeline {
namespace {

using File = std::shared_ptr<const base::MappedFile>;

struct Format {
  std::string_view name;
  std::string_view extension;
  bool (*sniff)(std::span<const std::byte> file);
  Result<graph::Graph> (*read)(const File& file);
  Result<std::vector<std::byte>> (*write)(const graph::Graph& graph);
  bool for_training;  // models are trained on from such files
};

Result<graph::Graph> ReadTflite(const File& file) { return formats::tflite::Read(file); }
Result<graph::Graph> ReadH5(const File& file) { return formats::keras::ReadH5(file->bytes()); }

Result<graph::Graph> ReadKeras(const File& file) {
  return formats::keras::ReadKeras(file->bytes());
}

constexpr std::array kFormats = {
    Format{"TensorFlow Lite", ".tflite", formats::tflite::Sniff, ReadTflite, formats::tflite::Write,
           false},
    Format{"Keras .keras", ".keras", formats::keras::SniffKeras, ReadKeras,
           formats::keras::WriteKeras, true},
    Format{"Keras .h5", ".h5", formats::keras::SniffH5, ReadH5, formats::keras::WriteH5, true},
};

const Format* FormatOfContent(std::span<const std::byte> file) {
  for (const Format& format : kFormats) {
    if (format.sniff(file)) return &format;
  }
  return nullptr;
}

const Format* FormatOfName(const std::string& path) {
  for (const Format& format : kFormats) {
    if (path.ends_with(format.extension)) return &format;
  }
  return nullptr;
}

Result<graph::Graph> ReadOpened(const std::string& path) {
  GOLDCREST_TRY(File file, base::MappedFile::Open(path));
  const Format* format = FormatOfContent(file->bytes());
  if (format != nullptr) return format->read(file);
  std::string_view text = base::AsText(file->bytes());
  if (const Format* named = FormatOfName(path)) {
    return Fail(ErrorCode::kInvalid, "is named like a ", named->name, " file, but its content (",
                text.size(), " bytes) is none: it is damaged, or something else");
  }
  return Fail(
      ErrorCode::kUnsupported,
      "is no model that is known; supported are Keras .keras and .h5 files and .tflite files");
}

}  // namespace

Result<graph::Graph> ReadModel(const std::string& path) {
  return Within(base::Cat("reading ", path), ReadOpened(path));
}

std::string FormatOf(std::span<const std::byte> file) {
  const Format* format = FormatOfContent(file);
  return format == nullptr ? "unknown" : std::string(format->name);
}

Status CheckFormatName(const std::string& path) {
  if (FormatOfName(path) != nullptr) return {};
  return Fail(ErrorCode::kUsage, "cannot tell the format of ", path,
              " by its name; models are written as .tflite, .keras and .h5");
}

Result<std::vector<std::byte>> EncodeModel(const graph::Graph& graph, const std::string& path) {
  GOLDCREST_RETURN_IF_ERROR(CheckFormatName(path));
  return Within(base::Cat("writing ", path), FormatOfName(path)->write(graph));
}

bool IsForTraining(const std::string& path) {
  const Format* format = FormatOfName(path);
  return format != nullptr && format->for_training;
}

}  // namespace goldcrest::pipeline
