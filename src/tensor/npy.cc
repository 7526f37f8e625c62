#include "tensor/npy.h"

#include <array>
#include <cstring>

#include "base/byte_reader.h"
#include "base/check.h"
#include "base/file.h"

namespace goldcrest::tensor {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

// In the order of DType.
constexpr std::array<std::string_view, 8> kDescriptions = {"<f4", "<f2", "|i1", "|u1",
                                                           "<i2", "<i4", "<i8", "|b1"};

// The text after `'key':` in the header's dictionary, without leading spaces.
std::string_view AfterKey(std::string_view header, std::string_view key) {
  size_t at = header.find(base::Cat("'", key, "':"));
  if (at == std::string_view::npos) return {};
  header.remove_prefix(at + key.size() + 3);
  size_t start = header.find_first_not_of(' ');
  return start == std::string_view::npos ? std::string_view() : header.substr(start);
}

Result<DType> ParseDescription(std::string_view header) {
  std::string_view text = AfterKey(header, "descr");
  size_t end = text.find('\'', 1);
  if (!text.starts_with('\'') || end == std::string_view::npos) {
    return Fail(ErrorCode::kUnsupported, "the .npy header holds no plain 'descr'");
  }
  text = text.substr(1, end - 1);
  for (size_t i = 0; i < kDescriptions.size(); ++i) {
    if (text == kDescriptions[i]) return static_cast<DType>(i);
  }
  return Fail(ErrorCode::kUnsupported, "elements of type ", text,
              " are not supported; save the array as float32, float16, int8, uint8, int16, int32, "
              "int64 or bool, little-endian");
}

Result<Shape> ParseShape(std::string_view header) {
  std::string_view text = AfterKey(header, "shape");
  size_t end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos) {
    return Fail(ErrorCode::kInvalid, "the .npy header holds no 'shape'");
  }
  text = text.substr(1, end - 1);
  Shape shape;
  while (!text.empty()) {
    size_t comma = std::min(text.find(','), text.size());
    std::string_view number = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (number.starts_with(' ')) number.remove_prefix(1);
    if (number.empty() && text.empty()) break;  // the comma after a single dimension
    int64_t dimension = 0;
    if (!base::ParseInt(number, dimension) || dimension < 0 || shape.size() >= 32) {
      return Fail(ErrorCode::kInvalid, "the .npy header's 'shape' is malformed");
    }
    shape.push_back(dimension);
  }
  return shape;
}

}  // namespace

Result<NpyHeader> ReadNpyHeader(std::span<const std::byte> file) {
  base::ByteReader reader(file);
  if (base::AsText(reader.Take(kMagic.size())) != kMagic) {
    return Fail(ErrorCode::kInvalid, "is no .npy file: it does not begin with NumPy's mark");
  }
  auto major = reader.Read<uint8_t>();
  reader.Read<uint8_t>();
  size_t length = major == 1 ? reader.Read<uint16_t>() : reader.Read<uint32_t>();
  std::string_view header = base::AsText(reader.Take(length));
  if (!reader.ok() || major < 1 || major > 3) {
    return Fail(ErrorCode::kInvalid, "the .npy header is cut short or of an unknown version");
  }
  NpyHeader array;
  GOLDCREST_TRY(array.dtype, ParseDescription(header));
  GOLDCREST_TRY(array.shape, ParseShape(header));
  if (!AfterKey(header, "fortran_order").starts_with("False")) {
    return Fail(ErrorCode::kUnsupported,
                "the array is in Fortran order; save numpy.ascontiguousarray of it");
  }
  std::optional<size_t> bytes = ByteCount(array.dtype, array.shape);
  if (!bytes || *bytes != reader.left()) {
    return Fail(ErrorCode::kInvalid, "the .npy header's shape ", ToString(array.shape), " of ",
                NameOf(array.dtype), " does not match the ", reader.left(), " bytes of data");
  }
  array.offset = file.size() - *bytes;
  return array;
}

Result<Tensor> ReadNpy(std::span<const std::byte> file) {
  GOLDCREST_TRY(NpyHeader header, ReadNpyHeader(file));
  GOLDCREST_TRY(Tensor tensor, Tensor::Create(header.dtype, std::move(header.shape)));
  std::span<const std::byte> elements = file.subspan(header.offset);
  if (!elements.empty()) {
    std::memcpy(tensor.mutable_view().bytes.data(), elements.data(), elements.size());
  }
  return tensor;
}

std::vector<std::byte> WriteNpy(const TensorView& tensor) {
  std::string shape;
  for (int64_t dimension : tensor.shape) shape += base::Cat(dimension, ", ");
  if (tensor.shape.size() > 1) shape.resize(shape.size() - 2);
  if (tensor.shape.size() == 1) shape.resize(shape.size() - 1);
  std::string header = base::Cat("{'descr': '", kDescriptions[static_cast<size_t>(tensor.dtype)],
                                 "', 'fortran_order': False, 'shape': (", shape, "), }");
  // Version 1 pads the header with spaces so that the data starts at a multiple of 64.
  size_t prefix = kMagic.size() + 4;
  header.append((64 - (prefix + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  GOLDCREST_CHECK(header.size() < 65536);
  std::string text = base::Cat(kMagic, '\x01', '\x00');
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  text += header;
  std::span<const std::byte> head = base::AsBytes(text);
  std::vector<std::byte> file(head.begin(), head.end());
  file.insert(file.end(), tensor.bytes.begin(), tensor.bytes.end());
  return file;
}

}  // namespace goldcrest::tensor
