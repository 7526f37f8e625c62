#include <algorithm>
#include <map>
#include <utility>

#include "graph/infer.h"
#include "graph/text.h"
#include "graph/text_contents.h"
#include "graph/text_line.h"
#include "graph/verify.h"

namespace goldcrest::graph {
namespace {

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
template <class Enum>
void ParseNamed(Line& line, std::span<const std::string_view> names, Enum& v) {
  const auto found = std::ranges::find(names, line.Word());
  if (found == names.end()) return line.Fail();
  v = static_cast<Enum>(found - names.begin());
}
void Parse(Line& line, Activation& v) { ParseNamed(line, kActivationNames, v); }
void Parse(Line& line, MathFunction& v) { ParseNamed(line, kMathFunctionNames, v); }
void Parse(Line& line, Reduction& v) { ParseNamed(line, kReductionNames, v); }
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
