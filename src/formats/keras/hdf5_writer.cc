#include "formats/keras/hdf5_writer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "formats/keras/hdf5_id.h"

namespace goldcrest::formats::keras {
namespace {

// What an attribute of the object itself can hold; Keras splits at the same length.
constexpr size_t kMostAttributeBytes = 64512;

std::unexpected<Error> Failed(const std::string& what) {
  return Fail(ErrorCode::kIo, "the HDF5 library cannot make ", what);
}

// Properties of an object to be made that lies in groups which may not be there yet.
class NewGroups {
 public:
  NewGroups() : id_(H5Pcreate(H5P_LINK_CREATE), H5Pclose) {
    H5Pset_create_intermediate_group(id_, 1);
  }
  operator hid_t() const { return id_; }

 private:
  Hdf5Id id_;
};

}  // namespace

Result<Hdf5Writer> Hdf5Writer::Create() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are ours to print
  Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access, size_t{1} << 20, /*backing_store=*/0);
  hid_t file = H5Fcreate("image", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  if (file < 0) return Failed("a file in memory");
  return Hdf5Writer(file);
}

Hdf5Writer::Hdf5Writer(Hdf5Writer&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

Hdf5Writer::~Hdf5Writer() {
  if (file_ >= 0) H5Fclose(file_);
}

Status Hdf5Writer::AddGroup(const std::string& path) {
  Hdf5Id group(H5Gcreate2(file_, path.c_str(), NewGroups(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  return group.ok() ? Status() : Failed(base::Cat("the group ", path));
}

Status Hdf5Writer::AddText(const std::string& path, const std::string& name,
                           std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return Fail(ErrorCode::kInvalid, name, " holds a zero byte, which ends a text in HDF5");
  }
  // Of variable length, which lies outside of the object and has no limit.
  Hdf5Id type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  Hdf5Id space(H5Screate(H5S_SCALAR), H5Sclose);
  Hdf5Id attribute(H5Acreate_by_name(file_, path.c_str(), name.c_str(), type, space, H5P_DEFAULT,
                                     H5P_DEFAULT, H5P_DEFAULT),
                   H5Aclose);
  const std::string terminated(text);
  const char* pointer = terminated.c_str();
  bool written =
      attribute.ok() && H5Awrite(attribute, type, static_cast<const void*>(&pointer)) >= 0;
  return written ? Status() : Failed(base::Cat("the attribute ", name, " of ", path));
}

Status Hdf5Writer::AddFixedTexts(const std::string& path, const std::string& name,
                                 std::span<const std::string> texts, size_t longest) {
  std::vector<char> bytes(texts.size() * longest);
  for (size_t i = 0; i < texts.size(); ++i) {
    std::ranges::copy(texts[i], bytes.begin() + static_cast<ptrdiff_t>(i * longest));
  }
  Hdf5Id type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, longest);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  const hsize_t count = texts.size();
  Hdf5Id space(H5Screate_simple(1, &count, nullptr), H5Sclose);
  Hdf5Id attribute(H5Acreate_by_name(file_, path.c_str(), name.c_str(), type, space, H5P_DEFAULT,
                                     H5P_DEFAULT, H5P_DEFAULT),
                   H5Aclose);
  bool written = attribute.ok() && (texts.empty() || H5Awrite(attribute, type, bytes.data()) >= 0);
  return written ? Status() : Failed(base::Cat("the attribute ", name, " of ", path));
}

Status Hdf5Writer::AddTexts(const std::string& path, const std::string& name,
                            std::span<const std::string> texts) {
  size_t longest = 1;
  for (const std::string& text : texts) longest = std::max(longest, text.size());
  if (longest > kMostAttributeBytes) {
    return Fail(ErrorCode::kLimit, "a name of ", longest, " bytes is too long for an HDF5 file");
  }
  const size_t most = kMostAttributeBytes / longest;
  if (texts.size() <= most) return AddFixedTexts(path, name, texts, longest);
  for (size_t first = 0; first < texts.size(); first += most) {
    auto part = texts.subspan(first, std::min(most, texts.size() - first));
    GOLDCREST_RETURN_IF_ERROR(AddFixedTexts(path, base::Cat(name, first / most), part, longest));
  }
  return {};
}

Status Hdf5Writer::AddFloats(const std::string& path, const tensor::Shape& shape,
                             std::span<const float> elements) {
  std::vector<hsize_t> sizes(shape.begin(), shape.end());
  Hdf5Id space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose);
  Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(properties, false);
  Hdf5Id set(
      H5Dcreate2(file_, path.c_str(), H5T_IEEE_F32LE, space, NewGroups(), properties, H5P_DEFAULT),
      H5Dclose);
  bool written = set.ok() && H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                      elements.data()) >= 0;
  return written ? Status() : Failed(base::Cat("the data set ", path));
}

Result<std::vector<std::byte>> Hdf5Writer::Finish() const {
  if (H5Fflush(file_, H5F_SCOPE_GLOBAL) < 0) return Failed("the file");
  const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
  if (size <= 0) return Failed("the file");
  std::vector<std::byte> bytes(static_cast<size_t>(size));
  if (H5Fget_file_image(file_, bytes.data(), bytes.size()) != size) return Failed("the file");
  return bytes;
}

}  // namespace goldcrest::formats::keras
