#include "events/records.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace goldcrest::events {
namespace {

// The bytes that tf.io.TFRecordWriter of TensorFlow 2.21 writes for b"goldcrest" and b"".
TEST(Records, AreThoseOfTensorFlow) {
  constexpr uint8_t kWritten[] = {0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x37, 0xf9, 0x71,
                                  0x39, 0x67, 0x6f, 0x6c, 0x64, 0x63, 0x72, 0x65, 0x73, 0x74, 0x95,
                                  0x11, 0x29, 0xce, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                  0x29, 0x03, 0x98, 0x07, 0xd8, 0xea, 0x82, 0xa2};
  std::string file;
  AppendRecord(file, base::AsBytes("goldcrest"));
  AppendRecord(file, {});
  EXPECT_EQ(file, base::AsText(std::as_bytes(std::span(kWritten))));
}

}  // namespace
}  // namespace goldcrest::events
