#include "data/name_list.h"

#include <algorithm>

namespace goldcrest::data {
namespace {

constexpr size_t kNamesInBlock = 16;  // so many are gone through for the last of them
constexpr size_t kMostShared = 255;

}  // namespace

void NameList::Add(std::string_view name) {
  size_t shared = 0;
  if (size_ % kNamesInBlock == 0) {
    blocks_.push_back(text_.size());
  } else {
    const size_t most = std::min({name.size(), last_.size(), kMostShared});
    while (shared < most && name[shared] == last_[shared]) ++shared;
  }
  text_ += static_cast<char>(shared);
  text_ += name.substr(shared);
  text_ += '\0';
  last_ = name;
  ++size_;
}

std::string NameList::operator[](size_t i) const {
  std::string name;
  size_t at = blocks_[i / kNamesInBlock];
  for (size_t k = 0; k <= i % kNamesInBlock; ++k) {
    name.resize(static_cast<unsigned char>(text_[at]));
    const std::string_view rest(text_.c_str() + at + 1);
    name += rest;
    at += rest.size() + 2;
  }
  return name;
}

}  // namespace goldcrest::data
