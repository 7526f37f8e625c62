#include "pipeline/labels.h"

#include <algorithm>
#include <optional>

#include "base/file.h"
#include "formats/tflite/metadata.h"

namespace goldcrest::pipeline {
namespace {

constexpr size_t kLargestFile = size_t{16} << 20;

Result<std::vector<std::string>> ReadLines(const std::string& path) {
  GOLDCREST_TRY(auto file, base::MappedFile::Open(path));
  std::string_view text = base::AsText(file->bytes());
  if (text.size() > kLargestFile) return Fail(ErrorCode::kLimit, "is too large for a label file");
  bool is_text = base::IsUtf8(text) && text.find('\0') == std::string_view::npos;
  if (!is_text) return Fail(ErrorCode::kInvalid, "is no text in UTF-8");
  return formats::tflite::SplitLines(text);
}

// The first line that names nothing, counted from 1; none where all do.
std::optional<int64_t> EmptyLine(const std::vector<std::string>& labels) {
  const auto empty = std::ranges::find_if(labels, [](const std::string& label) {
    return label.find_first_not_of(" \t") == std::string::npos;
  });
  if (empty == labels.end()) return std::nullopt;
  return empty - labels.begin() + 1;
}

}  // namespace

int64_t ClassCount(const graph::Graph& graph) {
  const tensor::Shape& shape = graph.value(graph.outputs[0]).shape;
  return shape.empty() ? -1 : shape.back();
}

Result<std::vector<std::string>> ReadLabels(const std::string& path, int64_t classes,
                                            std::vector<std::string>& notes) {
  GOLDCREST_TRY(std::vector<std::string> labels,
                Within(base::Cat("reading labels ", path), ReadLines(path)));
  if (classes < 1) {
    return Fail(ErrorCode::kInvalid, "reading labels ", path,
                " › the model's output is no list of scores, so labels mean nothing for it");
  }
  const auto count = static_cast<int64_t>(labels.size());
  if (const std::optional<int64_t> line = EmptyLine(labels)) {
    return Fail(ErrorCode::kInvalid, "reading labels ", path, " › line ", *line, " of ", count,
                " is empty; there must be one name for each of the model's ", classes,
                " classes, in its order");
  }
  if (count == classes + 1 && labels.front() == "background") {
    labels.erase(labels.begin());
    notes.push_back(base::Cat("the label 'background', the first of ", count,
                              ", was left out: the model has ", classes, " classes"));
    return labels;
  }
  if (count != classes) {
    return Fail(ErrorCode::kInvalid, "reading labels ", path, " › it has ", count,
                " labels, but the model has ", classes, " classes; they must be one line a class");
  }
  return labels;
}

}  // namespace goldcrest::pipeline
