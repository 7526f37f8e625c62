#include <algorithm>
#include <cctype>
#include <map>

#include "graph/infer.h"
#include "graph/text.h"
#include "graph/verify.h"
#include "tensor/tensor.h"

namespace goldcrest::graph {
namespace {

// One line, eaten from the left. After a failed Expect, `ok` stays false.
class Line {
 public:
  explicit Line(std::string_view text) : text_(text) {}

  void SkipSpace() {
    while (text_.starts_with(' ')) text_.remove_prefix(1);
  }
  bool Accept(std::string_view token) {
    SkipSpace();
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  void Expect(std::string_view token) { ok_ = Accept(token) && ok_; }
  // Everything up to one of `stops`.
  std::string_view Until(std::string_view stops) {
    SkipSpace();
    size_t end = std::min(text_.find_first_of(stops), text_.size());
    std::string_view part = text_.substr(0, end);
    text_.remove_prefix(end);
    return part;
  }
  std::string_view Word() {
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
  std::string Quoted() {
    Expect("\"");
    size_t end = std::min(text_.find('"'), text_.size());
    std::string text(text_.substr(0, end));
    text_.remove_prefix(end);
    Expect("\"");
    return text;
  }
  int64_t Integer() {
    int64_t number = 0;
    ok_ = base::ParseInt(Until(" ,)]\":=}"), number) && ok_;
    return number;
  }
  double Number() {
    double number = 0;
    ok_ = base::ParseFloat(Until(" ,)]\":=}"), number) && ok_;
    return number;
  }
  std::vector<int64_t> Integers() {
    std::vector<int64_t> numbers;
    Expect("[");
    while (ok_ && !Accept("]")) {
      if (!numbers.empty()) Expect(",");
      numbers.push_back(Integer());
    }
    return numbers;
  }
  bool empty() {
    SkipSpace();
    return text_.empty();
  }
  bool ok() const { return ok_; }
  void Fail() { ok_ = false; }

 private:
  std::string_view text_;
  bool ok_ = true;
};

void Parse(Line& line, int64_t& v) { v = line.Integer(); }
void Parse(Line& line, double& v) { v = line.Number(); }
void Parse(Line& line, bool& v) { v = line.Word() == "true"; }
void Parse(Line& line, std::string& v) { v = line.Word(); }
void Parse(Line& line, std::vector<int64_t>& v) { v = line.Integers(); }
void Parse(Line& line, Activation& v) {
  const auto* found = std::ranges::find(kActivationNames, line.Word());
  if (found == kActivationNames.end()) return line.Fail();
  v = static_cast<Activation>(found - kActivationNames.begin());
}
void Parse(Line& line, Padding& v) {
  if (line.Accept("same")) {
    v.kind = PaddingKind::kSame;
  } else if (!line.Accept("valid")) {
    v.kind = PaddingKind::kExplicit;
    int64_t* counts[] = {&v.top, &v.bottom, &v.left, &v.right};
    for (int64_t* count : counts) {
      if (count != &v.top) line.Expect(",");
      *count = line.Integer();
    }
  }
}

// The op of that name with its defaults; fails the line where there is none.
template <size_t I = 0>
Op OpNamed(Line& line, std::string_view name) {
  if constexpr (I == std::variant_size_v<Op>) {
    line.Fail();
    return Op();
  } else {
    using T = std::variant_alternative_t<I, Op>;
    if (T::kName == name) return T{};
    return OpNamed<I + 1>(line, name);
  }
}

void ParseAttributes(Line& line, Op& op) {
  while (line.ok() && !line.empty()) {
    std::string_view name = line.Word();
    line.Expect("=");
    bool known = false;
    std::visit(
        [&]<class T>(T& attributes) {
          T::Fields(attributes, [&](const char* field, auto& v) {
            if (name != field) return;
            known = true;
            Parse(line, v);
          });
        },
        op);
    if (!known) line.Fail();
  }
}

void ParseContents(Line& line, Value& value) {
  std::optional<int64_t> count = tensor::ElementCount(value.shape);
  bool readable = value.dtype == tensor::DType::kFloat32 || value.dtype == tensor::DType::kInt32;
  if (!readable) return line.Fail();
  if (!count || *count > (1 << 24)) return line.Fail();
  std::vector<double> numbers;
  if (line.Accept("random(")) {
    auto state = static_cast<uint64_t>(line.Integer());
    line.Expect(")");
    for (int64_t i = 0; i < *count; ++i) {
      state = state * 6364136223846793005 + 1442695040888963407;
      numbers.push_back(static_cast<double>(state >> 40) / (1 << 23) - 1);
    }
  } else {
    line.Expect("{");
    while (line.ok() && !line.Accept("}")) {
      if (!numbers.empty()) line.Expect(",");
      numbers.push_back(line.Number());
    }
    if (numbers.size() == 1) numbers.resize(static_cast<size_t>(*count), numbers[0]);
  }
  if (static_cast<int64_t>(numbers.size()) != *count) return line.Fail();
  if (value.dtype == tensor::DType::kFloat32) {
    std::vector<float> elements(numbers.begin(), numbers.end());
    value.constant = tensor::SharedBytes::Copy<float>(elements);
  } else {
    std::vector<int32_t> elements(numbers.begin(), numbers.end());
    value.constant = tensor::SharedBytes::Copy<int32_t>(elements);
  }
}

class Parser {
 public:
  void ParseLine(Line& line) {
    if (line.Accept("graph")) {
      graph_.name = line.Quoted();
    } else if (line.Accept("input")) {
      graph_.inputs.push_back(ParseValue(line));
    } else if (line.Accept("const")) {
      ValueId id = ParseValue(line);
      line.Expect("=");
      ParseContents(line, graph_.value(id));
    } else if (line.Accept("output")) {
      graph_.outputs.push_back(ParseId(line));
    } else {
      ParseNode(line);
    }
  }
  Graph Take() && { return std::move(graph_); }

 private:
  ValueId ParseId(Line& line) {
    line.Expect("%");
    auto found = ids_.find(line.Integer());
    if (found == ids_.end()) line.Fail();
    return found == ids_.end() ? 0 : found->second;
  }
  ValueId ParseValue(Line& line) {
    line.Expect("%");
    int64_t id = line.Integer();
    Value value{.name = line.Quoted(), .shape = {}};
    line.Expect(":");
    std::optional<tensor::DType> dtype = tensor::DTypeNamed(line.Word());
    if (!dtype) line.Fail();
    value.dtype = dtype.value_or(tensor::DType::kFloat32);
    value.shape = line.Integers();
    ValueId made = graph_.AddValue(std::move(value));
    if (!ids_.emplace(id, made).second) line.Fail();
    return made;
  }
  void ParseNode(Line& line) {
    ValueId output = ParseValue(line);
    line.Expect("=");
    Op op = OpNamed(line, line.Word());
    line.Expect("(");
    std::vector<ValueId> inputs;
    while (line.ok() && !line.Accept(")")) {
      if (!inputs.empty()) line.Expect(",");
      inputs.push_back(ParseId(line));
    }
    ParseAttributes(line, op);
    graph_.nodes.push_back({std::move(op), std::move(inputs), output});
  }

  Graph graph_;
  std::map<int64_t, ValueId> ids_;
};

}  // namespace

Result<Graph> FromText(std::string_view text) {
  Parser parser;
  for (int number = 1; !text.empty(); ++number) {
    size_t end = std::min(text.find('\n'), text.size());
    Line line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    parser.ParseLine(line);
    if (!line.ok() || !line.empty()) {
      return Fail(ErrorCode::kInvalid, "line ", number, " of the graph text is malformed");
    }
  }
  Graph graph = std::move(parser).Take();
  GOLDCREST_RETURN_IF_ERROR(InferShapes(graph));
  GOLDCREST_RETURN_IF_ERROR(Verify(graph));
  return graph;
}

}  // namespace goldcrest::graph
