#include "data/list_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "base/file.h"
#include "data/folder.h"
#include "data/pictures.h"

namespace goldcrest::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestFile = size_t{256} << 20;

struct Columns {
  size_t path = 0;
  size_t label = 1;
};

struct Entry {
  std::string path;
  std::string label;
};

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Without the blanks at either end.
std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

std::string_view TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A field in quotes keeps separators, and quotes that are doubled.
std::string TakeQuoted(std::string_view& line) {
  std::string field;
  line.remove_prefix(1);
  while (!line.empty()) {
    const bool quote = line.front() == '"';
    const bool doubled = quote && line.substr(1).starts_with('"');
    if (quote && !doubled) break;
    field += line.front();
    line.remove_prefix(doubled ? 2 : 1);
  }
  return field;
}

std::vector<std::string> SplitFields(std::string_view line, char separator) {
  std::vector<std::string> fields;
  for (bool more = true; more;) {
    std::string field;
    if (separator == ',' && line.starts_with('"')) field = TakeQuoted(line);
    const size_t end = std::min(line.find(separator), line.size());
    if (field.empty()) field = line.substr(0, end);
    more = end < line.size();
    line.remove_prefix(std::min(end + 1, line.size()));
    fields.push_back(std::move(field));
  }
  return fields;
}

// Where the fields name columns, which of them are path and label.
std::optional<Columns> ReadHeader(const std::vector<std::string>& fields) {
  constexpr std::array<std::string_view, 7> kPaths = {"path",    "file",      "filename", "image",
                                                      "picture", "file_name", "url"};
  constexpr std::array<std::string_view, 2> kLabels = {"label", "class"};
  auto find = [&](std::span<const std::string_view> names) {
    auto found = std::ranges::find_if(fields, [&](const std::string& field) {
      return std::ranges::find(names, Lower(Trimmed(field))) != names.end();
    });
    return static_cast<size_t>(found - fields.begin());
  };
  const Columns columns{find(kPaths), find(kLabels)};
  if (columns.path == fields.size()) return std::nullopt;
  return columns;
}

bool Exists(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// "path 17" where there is no file of that whole name.
void SplitAtSpace(const fs::path& folder, Entry& entry) {
  const size_t space = entry.path.rfind(' ');
  int64_t number = 0;
  if (space == std::string::npos || !base::ParseInt(entry.path.substr(space + 1), number)) return;
  if (Exists(folder / entry.path)) return;
  entry.label = entry.path.substr(space + 1);
  entry.path.resize(entry.path.find_last_not_of(' ', space) + 1);
}

class List final : public PictureFiles {
 public:
  explicit List(const FetchOptions& fetch) : fetched_(fetch) {}

  decode::Rows OpenRows(int64_t i, const tensor::InputContract& contract, int64_t most_pixels,
                        decode::Precision precision) const override {
    GOLDCREST_TRY(const std::string path, PathOf(i));
    return OpenPicture(path, contract, most_pixels, precision, name(i));
  }
  Result<ContentHash> Hash(int64_t i) const override {
    GOLDCREST_TRY(const std::string path, PathOf(i));
    GOLDCREST_TRY(const auto file,
                  Within(base::Cat("reading ", name(i)), base::MappedFile::Open(path)));
    return HashOf(file->bytes());
  }
  std::string FileOf(int64_t i) const override { return PathOf(i).value_or(""); }

  Status Fill(const std::string& list, std::string_view text) {
    const fs::path folder = fs::path(list).parent_path();
    const char separator = Lower(list).ends_with(".csv") ? ',' : '\t';
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    std::vector<std::string> labels;
    Columns columns;
    int64_t found = 0;
    for (bool first = true; !text.empty();) {
      const std::vector<std::string> fields = SplitFields(TakeLine(text), separator);
      if (fields.size() == 1 && fields[0].empty()) continue;
      const std::optional<Columns> header = first ? ReadHeader(fields) : std::nullopt;
      first = false;
      if (header) {
        columns = *header;
        continue;
      }
      auto field = [&](size_t i) { return i < fields.size() ? fields[i] : ""; };
      if (size() == kMostSamples) {
        return Fail(ErrorCode::kLimit, "the list has more than ", kMostSamples, " lines");
      }
      Entry entry{field(columns.path), Trimmed(field(columns.label))};
      if (fields.size() == 1) SplitAtSpace(folder, entry);
      const bool is_url = net::IsUrl(entry.path);
      const std::string path =
          is_url ? entry.path : (folder / entry.path).lexically_normal().string();
      found += is_url || Exists(path) ? 1 : 0;
      Add(path);
      labels.push_back(std::move(entry.label));
    }
    GOLDCREST_RETURN_IF_ERROR(CheckFound(folder, found));
    description_ = base::Cat(size(), " pictures of a list");
    return SetLabels(labels);
  }

 private:
  // Of the file that is sample i.
  Result<std::string> PathOf(int64_t i) const {
    std::string called = name(i);
    if (!net::IsUrl(called)) return called;
    return Within(base::Cat("reading ", called), Within("fetching it", fetched_.PathOf(called)));
  }

  Status CheckFound(const fs::path& folder, int64_t found) const {
    if (size() == 0) {
      return Fail(ErrorCode::kInvalid,
                  "the list is empty; a line is a path, or a path and a label");
    }
    if (found > 0) return {};
    return Fail(ErrorCode::kNotFound, "none of the ", size(),
                " files of the list exists; relative paths are relative to the list's folder (",
                folder.empty() ? "." : folder.string(), "); the first would be ", name(0));
  }

  FetchedFiles fetched_;
};

}  // namespace

Result<std::unique_ptr<DataSet>> OpenList(const std::string& path, std::span<const std::byte> file,
                                          const FetchOptions& fetch) {
  const std::string_view text = base::AsText(file);
  if (text.find('\0') != std::string_view::npos) {
    return Fail(ErrorCode::kUnsupported,
                "is no data set that is known; supported are folders of pictures, lists of paths "
                "(.txt, .tsv, .csv), CIFAR-10 (.bin), .npy and .npz arrays");
  }
  if (text.size() > kLargestFile) return Fail(ErrorCode::kLimit, "is too large for a list");
  auto set = std::make_unique<List>(fetch);
  GOLDCREST_RETURN_IF_ERROR(set->Fill(path, text));
  return set;
}

}  // namespace goldcrest::data
