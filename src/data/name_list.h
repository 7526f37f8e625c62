// Names of many samples, in few bytes each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace goldcrest::data {

// Front coding: of a name is kept what differs from the beginning of the one before, so that sorted
// paths take about as much as their last letters.
class NameList {
 public:
  // Names hold no zero bytes.
  void Add(std::string_view name);
  std::string operator[](size_t i) const;
  size_t size() const { return size_; }

 private:
  // Of each name the number of characters that it shares with the one before, in a byte, then the
  // others and a zero.
  std::string text_;
  std::vector<size_t> blocks_;  // where in it each block begins, whose first name shares nothing
  std::string last_;
  size_t size_ = 0;
};

}  // namespace goldcrest::data
