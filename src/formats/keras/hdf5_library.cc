#include "formats/keras/hdf5_library.h"

#include <cstring>
#include <utility>

#include "formats/keras/hdf5_id.h"

namespace goldcrest::formats::keras {
namespace {

// A data set larger than this may not expand by more than kMostExpansion.
constexpr uint64_t kSmallBytes = uint64_t{64} << 20;
constexpr uint64_t kMostExpansion = 100;
constexpr uint64_t kLargestChunkBytes = uint64_t{256} << 20;

std::unexpected<Error> Damaged(const std::string& what) {
  return Fail(ErrorCode::kInvalid, what, " is missing or damaged");
}

// Text of fixed length ends at its first zero, or at its end.
std::string FixedText(const char* text, size_t size) {
  return std::string(text, strnlen(text, size));
}

// All strings of an attribute, whatever its rank.
Result<std::vector<std::string>> ReadTexts(const Hdf5Id& attribute, const std::string& what) {
  Hdf5Id type(H5Aget_type(attribute), H5Tclose);
  Hdf5Id space(H5Aget_space(attribute), H5Sclose);
  hssize_t count = space.ok() ? H5Sget_simple_extent_npoints(space) : -1;
  if (!type.ok() || count < 0 || static_cast<size_t>(count) > kMostTexts) return Damaged(what);
  std::vector<std::string> texts;
  if (count == 0) return texts;  // an empty list is saved as float64 by some versions
  if (H5Tget_class(type) != H5T_STRING) {
    return Fail(ErrorCode::kInvalid, what, " holds no text");
  }
  auto points = static_cast<size_t>(count);
  if (H5Tis_variable_str(type) > 0) {
    Hdf5Id memory_type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(memory_type, H5T_VARIABLE);
    H5Tset_cset(memory_type, H5Tget_cset(type));
    std::vector<char*> pointers(points, nullptr);
    if (H5Aread(attribute, memory_type, static_cast<void*>(pointers.data())) < 0)
      return Damaged(what);
    for (const char* pointer : pointers) texts.emplace_back(pointer == nullptr ? "" : pointer);
    H5Dvlen_reclaim(memory_type, space, H5P_DEFAULT, static_cast<void*>(pointers.data()));
    return texts;
  }
  size_t size = H5Tget_size(type);
  if (size == 0 || size > kLongestText / points) return Damaged(what);
  std::vector<char> bytes(size * points);
  if (H5Aread(attribute, type, bytes.data()) < 0) return Damaged(what);
  for (size_t i = 0; i < points; ++i) texts.push_back(FixedText(bytes.data() + i * size, size));
  return texts;
}

// Refuses data that lies elsewhere, is made up, or is packed by a filter that we do not know.
Status CheckStorage(const Hdf5Id& dataset, uint64_t bytes) {
  Hdf5Id properties(H5Dget_create_plist(dataset), H5Pclose);
  if (!properties.ok()) return Fail(ErrorCode::kInvalid, "its properties are damaged");
  H5D_layout_t layout = H5Pget_layout(properties);
  bool plain = layout == H5D_COMPACT || layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED;
  if (!plain || H5Pget_external_count(properties) != 0) {
    return Fail(ErrorCode::kUnsupported, "its data are virtual or lie in another file");
  }
  if (layout == H5D_CHUNKED) {
    hsize_t sizes[H5S_MAX_RANK];
    int rank = H5Pget_chunk(properties, H5S_MAX_RANK, sizes);
    uint64_t chunk = 8;  // bytes of the widest element
    for (int i = 0; i < rank; ++i) {
      if (__builtin_mul_overflow(chunk, sizes[i], &chunk)) chunk = UINT64_MAX;
    }
    if (rank < 0 || chunk > kLargestChunkBytes) {
      return Fail(ErrorCode::kLimit, "its chunks are larger than ",
                  base::Bytes(kLargestChunkBytes));
    }
  }
  int filters = H5Pget_nfilters(properties);
  if (filters < 0) return Fail(ErrorCode::kInvalid, "its filters are damaged");
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0;
    unsigned config = 0;
    size_t elements = 0;
    H5Z_filter_t filter = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &elements,
                                         nullptr, 0, nullptr, &config);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE) {
      return Fail(ErrorCode::kUnsupported,
                  "it is packed by a filter other than deflate and shuffle");
    }
  }
  uint64_t stored = H5Dget_storage_size(dataset);
  bool too_small =
      filters == 0 ? stored < bytes : bytes > kSmallBytes && bytes / kMostExpansion > stored;
  if (too_small) {
    return Fail(ErrorCode::kInvalid, "it claims ", bytes, " bytes, but the file stores ", stored);
  }
  return {};
}

}  // namespace

Result<Hdf5Library> Hdf5Library::Open(std::span<const std::byte> bytes) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are ours to print
  Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access, size_t{1} << 20, /*backing_store=*/0);
  // The library takes the image as mutable but only copies it.
  H5Pset_file_image(access, const_cast<std::byte*>(bytes.data()), bytes.size());
  hid_t file = H5Fopen("image", H5F_ACC_RDONLY, access);
  if (file < 0) {
    return Fail(ErrorCode::kInvalid, "the HDF5 file is damaged or cut short (", bytes.size(),
                " bytes)");
  }
  return Hdf5Library(file, bytes.size());
}

Hdf5Library::Hdf5Library(Hdf5Library&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      file_bytes_(other.file_bytes_),
      read_bytes_(other.read_bytes_) {}

Hdf5Library::~Hdf5Library() {
  if (file_ >= 0) H5Fclose(file_);
}

// Every step of a path must exist and be a hard link: others can lead out of the file.
Status Hdf5Library::CheckLinks(const std::string& path) const {
  size_t end = 0;
  while (end < path.size()) {
    end = std::min(path.find('/', end + 1), path.size());
    std::string part = path.substr(0, end);
    if (part == "/" || part.empty()) continue;
    H5L_info_t info;
    if (H5Lget_info(file_, part.c_str(), &info, H5P_DEFAULT) < 0) {
      return Fail(ErrorCode::kNotFound, "the file holds no '", part, "'");
    }
    if (info.type != H5L_TYPE_HARD) {
      return Fail(ErrorCode::kUnsupported, "'", part, "' is a link; models hold none");
    }
  }
  return {};
}

bool Hdf5Library::HasGroup(const std::string& path) const {
  if (!CheckLinks(path)) return false;
  Hdf5Id object(H5Oopen(file_, path.c_str(), H5P_DEFAULT), H5Oclose);
  return object.ok() && H5Iget_type(object) == H5I_GROUP;
}

bool Hdf5Library::HasAttribute(const std::string& path, const std::string& name) const {
  return CheckLinks(path) && H5Aexists_by_name(file_, path.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

Result<std::vector<std::string>> Hdf5Library::Texts(const std::string& path,
                                                    const std::string& attribute) const {
  std::string what = base::Cat("the attribute ", attribute, " of ", path);
  GOLDCREST_RETURN_IF_ERROR(CheckLinks(path));
  Hdf5Id id(H5Aopen_by_name(file_, path.c_str(), attribute.c_str(), H5P_DEFAULT, H5P_DEFAULT),
            H5Aclose);
  if (!id.ok()) return Damaged(what);
  return ReadTexts(id, what);
}

Result<tensor::Tensor> Hdf5Library::Floats(const std::string& path) const {
  GOLDCREST_RETURN_IF_ERROR(CheckLinks(path));
  Hdf5Id dataset(H5Dopen2(file_, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.ok()) return Damaged(base::Cat("the data set ", path));
  auto read = [&]() -> Result<tensor::Tensor> {
    Hdf5Id type(H5Dget_type(dataset), H5Tclose);
    Hdf5Id space(H5Dget_space(dataset), H5Sclose);
    int rank = space.ok() ? H5Sget_simple_extent_ndims(space) : -1;
    if (!type.ok() || H5Tget_class(type) != H5T_FLOAT || rank < 0 || rank > 8) {
      return Fail(ErrorCode::kInvalid, "it holds no array of floating-point numbers");
    }
    std::vector<hsize_t> sizes(static_cast<size_t>(rank));
    H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
    tensor::Shape shape(sizes.begin(), sizes.end());
    std::optional<size_t> bytes = tensor::ByteCount(tensor::DType::kFloat32, shape);
    std::optional<int64_t> count = tensor::ElementCount(shape);
    if (!bytes) return Fail(ErrorCode::kInvalid, "its shape is ", tensor::ToString(shape));
    GOLDCREST_RETURN_IF_ERROR(
        CheckStorage(dataset, static_cast<uint64_t>(*count) * H5Tget_size(type)));
    read_bytes_ += *bytes;
    if (read_bytes_ > MostDataBytes(file_bytes_)) {
      return Fail(ErrorCode::kLimit, "the data sets together are ", base::Bytes(read_bytes_),
                  " of a file of ", base::Bytes(file_bytes_));
    }
    GOLDCREST_TRY(tensor::Tensor tensor,
                  tensor::Tensor::Create(tensor::DType::kFloat32, std::move(shape)));
    void* elements = tensor.mutable_view().bytes.data();
    if (H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, elements) < 0) {
      return Fail(ErrorCode::kInvalid, "its data are damaged");
    }
    return tensor;
  };
  return Within(base::Cat("the data set ", path), read());
}

}  // namespace goldcrest::formats::keras
