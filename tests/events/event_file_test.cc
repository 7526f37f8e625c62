#include "events/event_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "base/file.h"
#include "decode/decode.h"
#include "events/png.h"
#include "events/records.h"
#include "support/temporary.h"

namespace goldcrest::events {
namespace {

using testing::ReadAll;

// The messages of a file of records, whose checksums must be right.
std::vector<std::string> Records(const std::string& file) {
  std::vector<std::string> records;
  for (size_t at = 0; at < file.size();) {
    uint64_t length = 0;
    std::memcpy(&length, file.data() + at, sizeof length);
    records.push_back(file.substr(at + 12, length));
    std::string again;
    AppendRecord(again, base::AsBytes(records.back()));
    EXPECT_EQ(file.substr(at, again.size()), again);
    at += again.size();
  }
  return records;
}

std::string OnlyFileOf(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path());
  }
  EXPECT_EQ(names.size(), 1U);
  return names.front();
}

TEST(EventFile, GrowsByWhatIsFlushed) {
  const testing::TemporaryFolder folder;
  auto file = EventFile::Create(folder.File("run/train"));
  ASSERT_TRUE(file) << file.error().ToString();
  const std::string path = OnlyFileOf(folder.File("run/train"));
  EXPECT_NE(path.find("/events.out.tfevents."), std::string::npos);
  ASSERT_TRUE(file->Flush());
  EXPECT_EQ(Records(ReadAll(path)).size(), 1U);
  EXPECT_NE(Records(ReadAll(path))[0].find("brain.Event:2"), std::string::npos);
  file->AddScalar(0, "epoch_loss", 0.5);
  file->AddHistogram(0, "dense/kernel/histogram", std::vector<float>{1, 2, 3});
  EXPECT_EQ(Records(ReadAll(path)).size(), 1U);
  ASSERT_TRUE(file->Flush());
  const std::vector<std::string> records = Records(ReadAll(path));
  ASSERT_EQ(records.size(), 3U);
  EXPECT_NE(records[1].find("epoch_loss"), std::string::npos);
  EXPECT_NE(records[2].find("histograms"), std::string::npos);
}

TEST(EventFile, TagsAreText) {
  const testing::TemporaryFolder folder;
  auto file = EventFile::Create(folder.File("run"));
  ASSERT_TRUE(file);
  file->AddScalar(0, "k\xe4se", 1);
  ASSERT_TRUE(file->Flush());
  EXPECT_NE(ReadAll(OnlyFileOf(folder.File("run"))).find("k?se"), std::string::npos);
}

TEST(EventFile, AFileInTheWayIsAnError) {
  const testing::TemporaryFolder folder;
  const auto file = EventFile::Create(folder.Write("run", "") + "/train");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message.find("/run/train"), std::string::npos);
}

// What tensorboard 2.21's histogram_pb makes of the same numbers.
TEST(EventHistogram, BucketsAreThoseOfTensorBoard) {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  const std::vector<double> buckets =
      HistogramBuckets(std::vector<float>{-1, -0.5F, kNone, 0.25F, 0.26F, 3, HUGE_VALF});
  ASSERT_EQ(buckets.size(), 90U);
  EXPECT_EQ(buckets[0], -1);
  EXPECT_EQ(buckets[29 * 3 + 1], 3);
  std::vector<std::pair<size_t, double>> filled;
  for (size_t i = 0; i < 30; ++i) {
    if (buckets[i * 3 + 2] > 0) filled.emplace_back(i, buckets[i * 3 + 2]);
  }
  EXPECT_EQ(filled, (std::vector<std::pair<size_t, double>>{{0, 1}, {3, 1}, {9, 2}, {29, 1}}));
  const std::vector<double> equal = HistogramBuckets(std::vector<float>{2, 2, 2});
  EXPECT_EQ(equal[0], 2);
  EXPECT_EQ(equal[29 * 3], 2);
  EXPECT_EQ(equal[29 * 3 + 1], 2);
  EXPECT_EQ(equal[29 * 3 + 2], 3);
  EXPECT_EQ(HistogramBuckets({}), std::vector<double>(90, 0));
}

TEST(EventPng, IsReadBackPixelByPixel) {
  std::vector<uint8_t> rgb(5 * 3 * 3);
  for (size_t i = 0; i < rgb.size(); ++i) rgb[i] = static_cast<uint8_t>(i * 37);
  const auto png = EncodePng(5, 3, rgb);
  ASSERT_TRUE(png);
  image::Picture picture;
  const Status decoded = decode::Decode(base::AsBytes(*png), {}, picture);
  ASSERT_TRUE(decoded) << decoded.error().ToString();
  EXPECT_EQ(picture.width, 5);
  EXPECT_EQ(picture.height, 3);
  EXPECT_EQ(picture.rgb, rgb);
}

}  // namespace
}  // namespace goldcrest::events
