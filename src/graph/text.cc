#include "graph/text.h"

#include "tensor/tensor.h"

namespace goldcrest::graph {
namespace {

constexpr int64_t kMostElementsPrinted = 16;

std::string Text(int64_t v) { return base::Cat(v); }
std::string Text(double v) { return base::Cat(v); }
std::string Text(bool v) { return v ? "true" : "false"; }
std::string Text(Activation v) { return std::string(NameOf(v)); }
std::string Text(const std::string& v) { return v; }
std::string Text(const std::vector<int64_t>& v) { return tensor::ToString(v); }

std::string Text(const Padding& v) { return ToString(v); }

std::string Attributes(const Op& op) {
  std::string text;
  std::visit(
      [&]<class T>(const T& attributes) {
        T defaults;
        std::vector<std::string> default_texts;
        T::Fields(defaults, [&](const char*, const auto& v) { default_texts.push_back(Text(v)); });
        size_t i = 0;
        T::Fields(attributes, [&](const char* name, const auto& v) {
          std::string value = Text(v);
          if (value != default_texts[i++]) text += base::Cat(" ", name, "=", value);
        });
      },
      op);
  return text;
}

std::string Header(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  std::string name;
  for (char c : value.name) name += c == '"' || static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return base::Cat("%", id, " \"", name, "\": ", tensor::NameOf(value.dtype),
                   tensor::ToString(value.shape));
}

std::string Contents(const Value& value) {
  tensor::TensorView view{value.dtype, value.shape, value.constant->bytes()};
  std::optional<int64_t> count = tensor::ElementCount(value.shape);
  if (count && *count <= kMostElementsPrinted) {
    std::string text = "{";
    for (int64_t i = 0; i < *count; ++i) {
      if (i > 0) text += ", ";
      double element = tensor::ElementAsDouble(view, static_cast<size_t>(i));
      bool is_float = value.dtype == tensor::DType::kFloat32;
      text += is_float ? base::Cat(static_cast<float>(element)) : base::Cat(element);
    }
    return text + "}";
  }
  uint64_t digest = 0xcbf29ce484222325;  // FNV-1a
  for (std::byte byte : view.bytes) digest = (digest ^ static_cast<uint64_t>(byte)) * 0x100000001b3;
  return base::Cat("#", digest);
}

}  // namespace

std::string ToString(const Padding& p) {
  switch (p.kind) {
    case PaddingKind::kValid:
      return "valid";
    case PaddingKind::kSame:
      return "same";
    case PaddingKind::kExplicit:
      break;
  }
  return base::Cat(p.top, ",", p.bottom, ",", p.left, ",", p.right);
}

std::string ToText(const Graph& graph) {
  std::string text = base::Cat("graph \"", graph.name, "\"\n");
  for (ValueId id : graph.inputs) text += base::Cat("input ", Header(graph, id), "\n");
  for (size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    if (!value.constant) continue;
    text +=
        base::Cat("const ", Header(graph, static_cast<ValueId>(i)), " = ", Contents(value), "\n");
  }
  for (const Node& node : graph.nodes) {
    text += base::Cat(Header(graph, node.output), " = ", NameOf(node.op), "(");
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      text += base::Cat(i > 0 ? ", %" : "%", node.inputs[i]);
    }
    text += base::Cat(")", Attributes(node.op), "\n");
  }
  for (ValueId id : graph.outputs) text += base::Cat("output %", id, "\n");
  return text;
}

}  // namespace goldcrest::graph
