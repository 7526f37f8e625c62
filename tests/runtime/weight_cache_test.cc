#include "runtime/weight_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/hash.h"
#include "support/temporary.h"

namespace goldcrest::runtime {
namespace {

tensor::SharedBytes Weights(size_t size, int first) {
  base::AlignedBuffer buffer(size);
  for (size_t i = 0; i < size; ++i) buffer.data()[i] = static_cast<std::byte>(first + i);
  return tensor::SharedBytes::Own(std::move(buffer));
}

bool Same(const tensor::SharedBytes& a, const tensor::SharedBytes& b) {
  return std::ranges::equal(a.bytes(), b.bytes());
}

class Cache : public ::testing::Test {
 protected:
  // Asks for the weights, keeps those that are not there; returns how many were.
  int Use(std::vector<std::string>& notes) const {
    WeightCache cache(path_);
    int found = 0;
    for (uint64_t key = 1; key <= 3; ++key) {
      const tensor::SharedBytes weights = Weights(100 * key, static_cast<int>(key));
      const tensor::SharedBytes kept = cache.Find(key, 100 * key);
      if (kept.bytes().empty()) {
        cache.Keep(key, weights);
      } else {
        ++found;
        EXPECT_TRUE(Same(kept, weights)) << key;
        EXPECT_EQ(reinterpret_cast<uintptr_t>(kept.bytes().data()) % base::kAlignment, 0U);
      }
    }
    cache.Save(notes);
    return found;
  }

  std::string Read() const { return testing::ReadAll(path_); }

  testing::TemporaryFolder folder_;
  std::string path_ = folder_.File("weights");
};

TEST_F(Cache, IsWrittenOnceAndFoundAfterwards) {
  std::vector<std::string> notes;
  EXPECT_EQ(Use(notes), 0);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0], "packed weights are kept in " + path_);
  const std::string written = Read();
  EXPECT_EQ(Use(notes), 3);
  EXPECT_EQ(notes.size(), 1U);
  WeightCache cache(path_);
  EXPECT_TRUE(cache.Find(1, 99).bytes().empty());   // of another size
  EXPECT_TRUE(cache.Find(9, 100).bytes().empty());  // of another key
  EXPECT_EQ(Read(), written);
}

TEST_F(Cache, EveryTruncationAndEveryChangedByteIsSeenOrHarmless) {
  std::vector<std::string> notes;
  Use(notes);
  const std::string whole = Read();
  for (size_t size = 0; size < whole.size(); ++size) {
    folder_.Write("weights", whole.substr(0, size));
    notes.clear();
    EXPECT_LT(Use(notes), 3) << size;
    EXPECT_EQ(notes.size(), 1U) << size;
    EXPECT_EQ(Read(), whole) << size;  // in whatever order they are asked for here
  }
  int harmless = 0;  // bytes that nobody reads
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    folder_.Write("weights", changed);
    notes.clear();
    if (Use(notes) == 3) {
      ++harmless;
    } else {
      EXPECT_EQ(notes.size(), 1U) << at;
      EXPECT_EQ(Read(), whole) << at;
    }
  }
  EXPECT_LE(harmless, 40 + 3 * 63);  // the header's end and the gaps
}

// Entries that lie about where their bytes are, with hashes that are right.
TEST_F(Cache, EntriesOutsideOfTheFileAreNotFollowed) {
  std::vector<std::string> notes;
  Use(notes);
  const std::string whole = Read();
  constexpr size_t kHeaderBytes = 64;
  constexpr size_t kEntryBytes = 32;
  for (const uint64_t offset :
       {uint64_t{0} - 64, uint64_t{1} << 40, uint64_t{whole.size()} / 64 * 64, uint64_t{161}}) {
    std::string forged = whole;
    std::memcpy(forged.data() + kHeaderBytes + 8, &offset, sizeof(offset));
    uint64_t magic = 0;
    std::memcpy(&magic, forged.data(), sizeof(magic));
    uint64_t hash = magic;
    for (size_t i = 0; i < 3; ++i) {
      hash = base::Hash(
          hash, std::string_view(forged).substr(kHeaderBytes + i * kEntryBytes, kEntryBytes));
    }
    std::memcpy(forged.data() + 16, &hash, sizeof(hash));
    folder_.Write("weights", forged);
    notes.clear();
    EXPECT_EQ(Use(notes), 2) << offset;
  }
}

TEST_F(Cache, WhatCannotBeWrittenIsANote) {
  path_ = folder_.File("missing/weights");
  std::vector<std::string> notes;
  Use(notes);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_TRUE(notes[0].starts_with("packed weights are not kept: cannot write ")) << notes[0];
  EXPECT_NE(notes[0].find("there is no folder " + folder_.File("missing")), std::string::npos);
  path_ = folder_.File("");
  Use(notes);
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_NE(notes[1].find("it is a folder; name a file"), std::string::npos) << notes[1];
}

}  // namespace
}  // namespace goldcrest::runtime
