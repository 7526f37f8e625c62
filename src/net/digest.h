// Digests by which makers of files say what these contain: SHA-256 (FIPS 180-4) and MD5 (RFC 1321).
// MD5 tells a damaged file from a whole one, but not a forged one.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace goldcrest::net {

enum class DigestKind { kSha256, kMd5 };

std::string_view NameOf(DigestKind kind);  // SHA-256, MD5

struct Digest {
  DigestKind kind = DigestKind::kSha256;
  std::string hex;  // lower case
  bool operator==(const Digest&) const = default;
};

// 64 hexadecimal digits are SHA-256, 32 are MD5; "sha256:" or "md5:" may stand before them.
Result<Digest> ParseDigest(std::string_view text);

Digest DigestOf(DigestKind kind, std::span<const std::byte> bytes);

}  // namespace goldcrest::net
