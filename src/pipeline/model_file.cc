#include "pipeline/model_file.h"

#include <array>
#include <filesystem>

#include "formats/keras/keras.h"
#include "formats/onnx/onnx.h"
#include "formats/tensorflow/tensorflow.h"
#include "formats/tflite/tflite.h"
#include "graph/resize_inputs.h"

namespace goldcrest::pipeline {
namespace {

using File = std::shared_ptr<const base::MappedFile>;

struct Opened {
  const std::string& path;
  File file;
};

struct Format {
  std::string_view name;
  std::string_view extension;
  bool (*sniff)(std::span<const std::byte> file);
  Result<graph::Graph> (*read)(const Opened& from, const ImportOptions& options);
  // Null: is read only.
  Result<std::vector<std::byte>> (*write)(const graph::Graph& graph, const ExportOptions& options);
  bool for_training;  // models are trained on from such files
};

Status ExpectNoEnds(const ImportOptions& options) {
  if (options.input_arrays.empty() && options.output_arrays.empty() &&
      options.signature_key.empty()) {
    return {};
  }
  return Fail(ErrorCode::kUsage,
              "--input-arrays, --output-arrays and --signature-key go with "
              "TensorFlow's own files; this one says itself where it begins and ends");
}

// What files say of themselves needs no saying; but their inputs may have other sizes.
Result<graph::Graph> Complete(Result<graph::Graph> graph, const ImportOptions& options) {
  GOLDCREST_RETURN_IF_ERROR(ExpectNoEnds(options));
  if (graph && !options.input_shapes.empty()) {
    GOLDCREST_RETURN_IF_ERROR(graph::ResizeInputs(*graph, options.input_shapes));
  }
  return graph;
}

Result<graph::Graph> ReadTflite(const Opened& from, const ImportOptions& options) {
  return Complete(formats::tflite::Read(from.file), options);
}

Result<graph::Graph> ReadH5(const Opened& from, const ImportOptions& options) {
  return Complete(formats::keras::ReadH5(from.file->bytes()), options);
}

Result<graph::Graph> ReadKeras(const Opened& from, const ImportOptions& options) {
  return Complete(formats::keras::ReadKeras(from.file->bytes()), options);
}

Result<graph::Graph> ReadFrozenGraph(const Opened& from, const ImportOptions& options) {
  return formats::tensorflow::ReadGraph(from.file->bytes(), options);
}

Result<graph::Graph> ReadOnnx(const Opened& from, const ImportOptions& options) {
  GOLDCREST_RETURN_IF_ERROR(ExpectNoEnds(options));
  const std::filesystem::path folder = std::filesystem::path(from.path).parent_path();
  auto file_beside = [&](const std::string& name) -> Result<tensor::SharedBytes> {
    GOLDCREST_TRY(const File beside, base::MappedFile::Open(folder / name));
    return tensor::SharedBytes::Of(beside);
  };
  return formats::onnx::Read(from.file->bytes(), {options.input_shapes, file_beside});
}

Result<graph::Graph> RefuseSavedModelFile(const Opened&, const ImportOptions&) {
  return Fail(
      ErrorCode::kUsage,
      "is a part of a SavedModel; name the folder that it lies in, which has the variables");
}

// For formats that leave nothing open.
template <Result<std::vector<std::byte>> (*kWrite)(const graph::Graph& graph)>
Result<std::vector<std::byte>> WriteAs(const graph::Graph& graph, const ExportOptions&) {
  return kWrite(graph);
}

constexpr std::array kFormats = {
    Format{"TensorFlow Lite", ".tflite", formats::tflite::Sniff, ReadTflite,
           WriteAs<formats::tflite::Write>, false},
    Format{"Keras .keras", ".keras", formats::keras::SniffKeras, ReadKeras,
           WriteAs<formats::keras::WriteKeras>, true},
    Format{"Keras .h5", ".h5", formats::keras::SniffH5, ReadH5, WriteAs<formats::keras::WriteH5>,
           true},
    Format{"ONNX", ".onnx", formats::onnx::Sniff, ReadOnnx, formats::onnx::Write, false},
    Format{"TensorFlow frozen graph", ".pb", formats::tensorflow::SniffGraph, ReadFrozenGraph,
           nullptr, false},
    Format{"TensorFlow SavedModel", "saved_model.pb", formats::tensorflow::SniffSavedModel,
           RefuseSavedModelFile, nullptr, false},
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

Result<graph::Graph> ReadOpened(const std::string& path, const ImportOptions& options) {
  if (formats::tensorflow::IsSavedModelFolder(path)) {
    return formats::tensorflow::ReadSavedModelFolder(path, options);
  }
  GOLDCREST_TRY(File file, base::MappedFile::Open(path));
  const Format* format = FormatOfContent(file->bytes());
  if (format != nullptr) return format->read({path, file}, options);
  std::string_view text = base::AsText(file->bytes());
  if (const Format* named = FormatOfName(path)) {
    return Fail(ErrorCode::kInvalid, "is named like a ", named->name, " file, but its content (",
                text.size(), " bytes) is none: it is damaged, or something else");
  }
  return Fail(
      ErrorCode::kUnsupported,
      "is no model that is known; supported are Keras .keras and .h5 files, .tflite files, ONNX "
      "models, and TensorFlow's frozen graphs and SavedModel folders");
}

}  // namespace

Result<graph::Graph> ReadModel(const std::string& path, const ImportOptions& options) {
  return Within(base::Cat("reading ", path), ReadOpened(path, options));
}

Result<graph::Graph> ReadModel(const std::string& path, const ImportOptions& options,
                               const std::vector<tensor::Shape>& shapes) {
  ImportOptions stated = options;
  if (LeavesEndsOpen(path)) stated.input_shapes = shapes;
  return ReadModel(path, stated);
}

bool LeavesEndsOpen(const std::string& path) {
  if (formats::tensorflow::IsSavedModelFolder(path)) return true;
  const auto file = base::MappedFile::Open(path);
  const Format* format = file ? FormatOfContent((*file)->bytes()) : nullptr;
  return format != nullptr && format->read == ReadFrozenGraph;
}

Result<StoredModel> DescribeStored(const std::string& path) {
  namespace fs = std::filesystem;
  StoredModel stored;
  if (formats::tensorflow::IsSavedModelFolder(path)) {
    stored.format = "TensorFlow SavedModel";
    for (const char* part : {"saved_model.pb", "variables"}) {
      std::error_code error;
      const fs::path folder = fs::path(path) / part;
      if (fs::is_regular_file(folder, error)) stored.bytes += fs::file_size(folder, error);
      for (auto file = fs::directory_iterator(folder, error);
           !error && file != fs::directory_iterator(); file.increment(error)) {
        if (file->is_regular_file(error)) stored.bytes += file->file_size(error);
      }
    }
    return stored;
  }
  GOLDCREST_TRY(const File file, Within(base::Cat("reading ", path), base::MappedFile::Open(path)));
  const Format* format = FormatOfContent(file->bytes());
  stored.format = format == nullptr ? "unknown" : format->name;
  stored.bytes = file->bytes().size();
  return stored;
}

Status CheckFormatName(const std::string& path) {
  const Format* format = FormatOfName(path);
  if (format != nullptr && format->write != nullptr) return {};
  return Fail(ErrorCode::kUsage, "cannot tell the format of ", path,
              " by its name; models are written as .tflite, .keras, .h5 and .onnx");
}

Result<graph::Graph> AdaptToFormat(const graph::Graph& graph, const std::string& path,
                                   const ExportOptions& options, std::vector<std::string>& notes) {
  if (!HasExportOptions(path)) return graph;
  return Within(base::Cat("writing ", path), formats::onnx::Adapt(graph, options.target, notes));
}

Result<std::vector<std::byte>> EncodeModel(const graph::Graph& graph, const std::string& path,
                                           const ExportOptions& options) {
  GOLDCREST_RETURN_IF_ERROR(CheckFormatName(path));
  return Within(base::Cat("writing ", path), FormatOfName(path)->write(graph, options));
}

bool HasExportOptions(const std::string& path) {
  const Format* format = FormatOfName(path);
  return format != nullptr && format->write == formats::onnx::Write;
}

bool IsForTraining(const std::string& path) {
  const Format* format = FormatOfName(path);
  return format != nullptr && format->for_training;
}

}  // namespace goldcrest::pipeline
