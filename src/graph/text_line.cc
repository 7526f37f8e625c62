#include "graph/text_line.h"

#include <algorithm>
#include <cctype>

#include "base/strings.h"

namespace goldcrest::graph {

void Line::SkipSpace() {
  while (text_.starts_with(' ')) text_.remove_prefix(1);
}

bool Line::Accept(std::string_view token) {
  SkipSpace();
  if (!text_.starts_with(token)) return false;
  text_.remove_prefix(token.size());
  return true;
}

bool Line::Peek(char next) {
  SkipSpace();
  return text_.starts_with(next);
}

std::string_view Line::Until(std::string_view stops) {
  SkipSpace();
  size_t end = std::min(text_.find_first_of(stops), text_.size());
  std::string_view part = text_.substr(0, end);
  text_.remove_prefix(end);
  return part;
}

std::string_view Line::Word() {
  SkipSpace();
  size_t end = 0;
  while (end < text_.size() &&
         (std::isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_')) {
    ++end;
  }
  std::string_view word = text_.substr(0, end);
  text_.remove_prefix(end);
  return word;
}

std::string Line::Quoted() {
  Expect("\"");
  size_t end = std::min(text_.find('"'), text_.size());
  std::string text(text_.substr(0, end));
  text_.remove_prefix(end);
  Expect("\"");
  return text;
}

int64_t Line::Integer() {
  int64_t number = 0;
  ok_ = base::ParseInt(Until(" ,)]\":=}"), number) && ok_;
  return number;
}

double Line::Number() {
  double number = 0;
  ok_ = base::ParseFloat(Until(" ,)]\":=}"), number) && ok_;
  return number;
}

template <class T, class Read>
std::vector<T> Line::List(const Read& read) {
  std::vector<T> numbers;
  Expect("[");
  while (ok_ && !Accept("]")) {
    if (!numbers.empty()) Expect(",");
    numbers.push_back(read());
  }
  return numbers;
}

std::vector<int64_t> Line::Integers() {
  return List<int64_t>([&] { return Integer(); });
}

std::vector<float> Line::Floats() {
  return List<float>([&] { return static_cast<float>(Number()); });
}

bool Line::empty() {
  SkipSpace();
  return text_.empty();
}

}  // namespace goldcrest::graph
