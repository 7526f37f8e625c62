#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "graph/infer.h"
#include "graph/text.h"
#include "graph/verify.h"
#include "tensor/half.h"
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
    return List<int64_t>([&] { return Integer(); });
  }
  std::vector<float> Floats() {
    return List<float>([&] { return static_cast<float>(Number()); });
  }
  bool Peek(char next) {
    SkipSpace();
    return text_.starts_with(next);
  }
  bool empty() {
    SkipSpace();
    return text_.empty();
  }
  bool ok() const { return ok_; }
  void Fail() { ok_ = false; }

 private:
  template <class T, class Read>
  std::vector<T> List(const Read& read) {
    std::vector<T> numbers;
    Expect("[");
    while (ok_ && !Accept("]")) {
      if (!numbers.empty()) Expect(",");
      numbers.push_back(read());
    }
    return numbers;
  }

  std::string_view text_;
  bool ok_ = true;
};

void Parse(Line& line, int64_t& v) { v = line.Integer(); }
void Parse(Line& line, double& v) { v = line.Number(); }
void Parse(Line& line, bool& v) { v = line.Word() == "true"; }
void Parse(Line& line, std::string& v) { v = line.Word(); }
void Parse(Line& line, std::vector<int64_t>& v) { v = line.Integers(); }
void Parse(Line& line, tensor::DType& v) {
  std::optional<tensor::DType> dtype = tensor::DTypeNamed(line.Word());
  if (!dtype) return line.Fail();
  v = *dtype;
}
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

void ParseQuantization(Line& line, tensor::Quantization& q) {
  if (!line.Accept("scale=")) return;
  bool list = line.Peek('[');
  q.scale = list ? line.Floats() : std::vector<float>{static_cast<float>(line.Number())};
  q.zero_point.assign(q.scale.size(), 0);
  if (line.Accept("zero_point=")) {
    q.zero_point = list ? line.Integers() : std::vector<int64_t>{line.Integer()};
  }
  if (line.Accept("axis=")) q.axis = static_cast<int>(line.Integer());
}

// An element of type float16.
struct Half {
  uint16_t bits = 0;
  Half() = default;
  explicit Half(double x) : bits(tensor::FloatToHalf(static_cast<float>(x))) {}
};

template <class T>
T RandomElement(uint64_t& state) {
  state = state * 6364136223846793005 + 1442695040888963407;
  if constexpr (!std::is_integral_v<T>) {
    return static_cast<T>(static_cast<double>(state >> 40) / (1 << 23) - 1);
  } else {
    int64_t bits = static_cast<int64_t>(state >> 48);
    if constexpr (sizeof(T) == 1) return static_cast<T>(bits & 0xff);
    return static_cast<T>(bits - 32768);
  }
}

template <class T>
T ParseElement(Line& line) {
  if constexpr (std::is_integral_v<T>) {
    int64_t number = line.Integer();
    if (!std::in_range<T>(number)) line.Fail();
    return static_cast<T>(number);
  } else {
    return static_cast<T>(line.Number());
  }
}

template <class T>
void ParseElements(Line& line, size_t count, Value& value) {
  std::vector<T> elements;
  if (line.Accept("random(")) {
    auto state = static_cast<uint64_t>(line.Integer());
    line.Expect(")");
    for (size_t i = 0; i < count; ++i) elements.push_back(RandomElement<T>(state));
  } else {
    line.Expect("{");
    while (line.ok() && !line.Accept("}")) {
      if (!elements.empty()) line.Expect(",");
      elements.push_back(ParseElement<T>(line));
    }
    if (elements.size() == 1) elements.resize(count, elements[0]);
  }
  if (elements.size() != count) return line.Fail();
  value.constant = tensor::SharedBytes::Copy<T>(elements);
}

void ParseContents(Line& line, Value& value) {
  constexpr int64_t kMostElements = 1 << 24;
  std::optional<int64_t> said = tensor::ElementCount(value.shape);
  if (!line.ok() || !said || *said > kMostElements) return line.Fail();
  auto count = static_cast<size_t>(*said);
  switch (value.dtype) {
    case tensor::DType::kFloat32:
      return ParseElements<float>(line, count, value);
    case tensor::DType::kFloat16:
      return ParseElements<Half>(line, count, value);
    case tensor::DType::kInt8:
      return ParseElements<int8_t>(line, count, value);
    case tensor::DType::kUInt8:
    case tensor::DType::kBool:
      return ParseElements<uint8_t>(line, count, value);
    case tensor::DType::kInt16:
      return ParseElements<int16_t>(line, count, value);
    case tensor::DType::kInt32:
      return ParseElements<int32_t>(line, count, value);
    case tensor::DType::kInt64:
      return ParseElements<int64_t>(line, count, value);
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
    Parse(line, value.dtype);
    value.shape = line.Integers();
    ParseQuantization(line, value.quantization);
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
