#include "net/digest.h"

#include <gtest/gtest.h>

#include <string>

namespace goldcrest::net {
namespace {

std::string HexOf(DigestKind kind, const std::string& text) {
  return DigestOf(kind, std::as_bytes(std::span(text))).hex;
}

// The examples of FIPS 180-4's and RFC 1321's own documents; the long ones by coreutils.
TEST(Digest, IsTheStandards) {
  struct Case {
    std::string text;
    const char* sha256;
    const char* md5;
  };
  const Case cases[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
       "d41d8cd98f00b204e9800998ecf8427e"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
       "900150983cd24fb0d6963f7d28e17f72"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
       "8215ef0796a20bcaaae116d3876c664a"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
       "7707d6ae4e027c70eea2a935c2296f21"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(HexOf(DigestKind::kSha256, c.text), c.sha256);
    EXPECT_EQ(HexOf(DigestKind::kMd5, c.text), c.md5);
  }
}

// Around the ends of blocks, each a digest of the digests before, against Python's hashlib.
TEST(Digest, AllLengthsAroundABlock) {
  for (const auto& [kind, expected] :
       {std::pair(DigestKind::kSha256,
                  "d85f3ab7682c0ec6e7bd412e8350455c2cdcf0df7213e7aeecabe97c048834dc"),
        std::pair(DigestKind::kMd5, "fbd9d32a180ce89eaa4f1f0edd6f09a4")}) {
    std::string all;
    for (size_t length = 0; length < 200; ++length) {
      all += HexOf(kind, std::string(length, static_cast<char>('a' + length % 26)));
    }
    EXPECT_EQ(HexOf(kind, all), expected);
  }
}

TEST(Digest, AsPeopleWriteIt) {
  const std::string md5(32, 'A');
  const std::string sha256(64, '0');
  EXPECT_EQ(ParseDigest(md5)->kind, DigestKind::kMd5);
  EXPECT_EQ(ParseDigest(md5)->hex, std::string(32, 'a'));
  EXPECT_EQ(ParseDigest("md5:" + md5)->kind, DigestKind::kMd5);
  EXPECT_EQ(ParseDigest("sha256:" + sha256)->kind, DigestKind::kSha256);
  for (const std::string& text : {std::string(), std::string(31, 'a'), std::string(32, 'g'),
                                  "sha256:" + md5, "md5:" + sha256, sha256 + "0"}) {
    EXPECT_FALSE(ParseDigest(text)) << text;
  }
}

}  // namespace
}  // namespace goldcrest::net
