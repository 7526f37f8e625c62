#include "tensor/npy.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/file.h"

namespace goldcrest::tensor {
namespace {

Tensor Counting(DType dtype, Shape shape) {
  Tensor tensor = std::move(*Tensor::Create(dtype, std::move(shape)));
  std::span<std::byte> bytes = tensor.mutable_view().bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7);
  return tensor;
}

TEST(Npy, RoundTripsEveryTypeAndRank) {
  for (DType dtype : {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16,
                      DType::kInt32, DType::kInt64, DType::kBool}) {
    for (const Shape& shape : {Shape{}, Shape{3}, Shape{2, 5}, Shape{1, 4, 4, 3}, Shape{0, 2}}) {
      Tensor tensor = Counting(dtype, shape);
      std::vector<std::byte> file = WriteNpy(tensor.view());
      EXPECT_EQ((file.size() - tensor.view().bytes.size()) % 64, 0U);
      auto back = ReadNpy(file);
      ASSERT_TRUE(back) << back.error().ToString();
      EXPECT_EQ(back->dtype(), dtype);
      EXPECT_EQ(back->shape(), shape);
      EXPECT_TRUE(std::ranges::equal(back->view().bytes, tensor.view().bytes));
    }
  }
}

TEST(Npy, HeaderIsNumPysOwn) {
  std::vector<std::byte> file = WriteNpy(Counting(DType::kFloat32, {2, 3}).view());
  std::string_view text = base::AsText(file);
  EXPECT_TRUE(text.starts_with(std::string_view("\x93NUMPY\x01\x00\x76\x00", 10)));
  EXPECT_TRUE(
      text.substr(10).starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"));
}

TEST(Npy, RefusesWhatItDoesNotSupport) {
  auto error_of = [](std::string_view descr, std::string_view order, std::string_view shape) {
    std::string header = base::Cat("{'descr': '", descr, "', 'fortran_order': ", order,
                                   ", 'shape': ", shape, ", }\n");
    std::string file = base::Cat("\x93NUMPY", '\x01', '\x00', static_cast<char>(header.size()),
                                 '\x00', header, "12345678");
    auto read = ReadNpy(base::AsBytes(file));
    return read ? std::string("read") : read.error().message;
  };
  EXPECT_EQ(error_of("<f4", "False", "(2,)"), "read");
  EXPECT_NE(error_of("<f8", "False", "(1,)").find("<f8"), std::string::npos);
  EXPECT_NE(error_of("<f4", "True", "(2,)").find("Fortran"), std::string::npos);
  EXPECT_NE(error_of("<f4", "False", "(3,)").find("8 bytes"), std::string::npos);
  EXPECT_NE(error_of("<f4", "False", "(-2,)").find("malformed"), std::string::npos);
  EXPECT_NE(error_of("<f4", "False", "(4611686018427387904, 4)").find("does not match"),
            std::string::npos);
}

}  // namespace
}  // namespace goldcrest::tensor
