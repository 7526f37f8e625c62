// Little- or big-endian numbers out of bytes that may end at any time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace goldcrest::base {

// Reads forward; once a read passes the end, `ok` stays false and every value is 0, so a caller may
// read a whole header and check once.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes, std::endian order = std::endian::little)
      : bytes_(bytes), order_(order) {}

  template <class T>
  T Read() {
    T value{};
    std::span<const std::byte> part = Take(sizeof(T));
    if (part.empty()) return value;
    std::memcpy(&value, part.data(), sizeof(T));
    return order_ == std::endian::native ? value : std::byteswap(value);
  }

  // The next `count` bytes, or none where fewer are left.
  std::span<const std::byte> Take(size_t count) {
    if (count > left()) {
      ok_ = false;
      position_ = bytes_.size();
      return {};
    }
    position_ += count;
    return bytes_.subspan(position_ - count, count);
  }

  void Skip(size_t count) { Take(count); }
  bool ok() const { return ok_; }
  size_t left() const { return bytes_.size() - position_; }
  size_t position() const { return position_; }

 private:
  std::span<const std::byte> bytes_;
  std::endian order_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace goldcrest::base
