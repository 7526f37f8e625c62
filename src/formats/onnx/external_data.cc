#include "formats/onnx/external_data.h"

#include <filesystem>

namespace goldcrest::formats::onnx {
namespace {

bool IsHarmless(const std::string& name) {
  const std::filesystem::path path(name);
  if (name.empty() || name.find('\0') != std::string::npos || path.is_absolute()) return false;
  if (name.find('\\') != std::string::npos) return false;
  for (const std::filesystem::path& part : path) {
    if (part == "..") return false;
  }
  return true;
}

struct Place {
  std::string location;
  int64_t offset = 0;
  int64_t length = -1;  // not said
};

Result<Place> PlaceOf(const proto::TensorProto& tensor) {
  Place place;
  for (const proto::StringStringEntryProto& entry : tensor.external_data()) {
    if (entry.key() == "location") place.location = entry.value();
    int64_t* number = entry.key() == "offset"   ? &place.offset
                      : entry.key() == "length" ? &place.length
                                                : nullptr;
    if (number == nullptr) continue;
    if (!base::ParseInt(entry.value(), *number) || *number < 0) {
      return Invalid("its ", entry.key(), " in another file is '", entry.value(), "'");
    }
  }
  if (IsHarmless(place.location)) return place;
  return Invalid("its elements are in the file '", place.location,
                 "'; only files within the model's folder are read");
}

}  // namespace

Result<tensor::SharedBytes> ExternalBytes(const proto::TensorProto& tensor, size_t size,
                                          const FileBeside& files) {
  GOLDCREST_TRY(const Place place, PlaceOf(tensor));
  if (!files) {
    return Fail(ErrorCode::kUnsupported, "its elements are in the file '", place.location,
                "' beside the model, which is read of a folder only");
  }
  GOLDCREST_TRY(
      const tensor::SharedBytes file,
      Within(base::Cat("the file '", place.location, "' beside the model"), files(place.location)));
  const std::span<const std::byte> bytes = file.bytes();
  const auto offset = static_cast<uint64_t>(place.offset);
  const bool fits = offset <= bytes.size() && size <= bytes.size() - offset &&
                    (place.length < 0 || static_cast<uint64_t>(place.length) == size);
  if (fits) return file.Window(bytes.subspan(static_cast<size_t>(offset), size));
  return Invalid("its ", size, " bytes are to be at ", place.offset, " of the file '",
                 place.location, "', which has ", bytes.size());
}

}  // namespace goldcrest::formats::onnx
