// A line of the text form, read from the left.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace goldcrest::graph {

// What is expected and is not there makes ok() false, for good; what is read then has no meaning.
class Line {
 public:
  explicit Line(std::string_view text) : text_(text) {}

  // Takes `token` where it is what comes next.
  bool Accept(std::string_view token);
  void Expect(std::string_view token) { ok_ = Accept(token) && ok_; }
  bool Peek(char next);
  std::string_view Word();
  std::string Quoted();
  int64_t Integer();
  double Number();
  std::vector<int64_t> Integers();
  std::vector<float> Floats();

  bool empty();
  bool ok() const { return ok_; }
  void Fail() { ok_ = false; }

 private:
  void SkipSpace();
  // Everything up to one of `stops`.
  std::string_view Until(std::string_view stops);
  template <class T, class Read>
  std::vector<T> List(const Read& read);

  std::string_view text_;
  bool ok_ = true;
};

}  // namespace goldcrest::graph
