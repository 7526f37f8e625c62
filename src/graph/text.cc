#include "graph/text.h"

#include <algorithm>

#include "tensor/tensor.h"

namespace goldcrest::graph {
namespace {

constexpr size_t kMostElementsPrinted = 16;

std::string Text(int64_t v) { return base::Cat(v); }
std::string Text(double v) { return base::Cat(v); }
std::string Text(bool v) { return v ? "true" : "false"; }
std::string Text(Activation v) { return std::string(NameOf(v)); }
std::string Text(MathFunction v) { return std::string(NameOf(v)); }
std::string Text(Reduction v) { return std::string(NameOf(v)); }
std::string Text(const std::string& v) { return v; }
std::string Text(const std::vector<int64_t>& v) { return tensor::ToString(v); }
std::string Text(tensor::DType v) { return std::string(tensor::NameOf(v)); }

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

template <class T>
uint64_t Digest(std::span<const T> elements) {  // FNV-1a
  uint64_t digest = 0xcbf29ce484222325;
  for (std::byte byte : std::as_bytes(elements)) {
    digest = (digest ^ static_cast<uint64_t>(byte)) * 0x100000001b3;
  }
  return digest;
}

// "0.5" for one scale of the whole tensor, else a list.
template <class T>
std::string List(const std::vector<T>& numbers, bool alone) {
  if (alone) return base::Cat(numbers.front());
  if (numbers.size() > kMostElementsPrinted) return base::Cat("#", Digest(std::span(numbers)));
  std::string text = "[";
  for (const T& number : numbers) text += base::Cat(text.size() > 1 ? ", " : "", number);
  return text + "]";
}

std::string Text(const tensor::Quantization& q) {
  if (q.empty()) return "";
  std::string text = base::Cat(" scale=", List(q.scale, !q.per_channel()));
  bool zero = std::ranges::all_of(q.zero_point, [](int64_t z) { return z == 0; });
  if (!zero) text += base::Cat(" zero_point=", List(q.zero_point, !q.per_channel()));
  if (q.axis != 0) text += base::Cat(" axis=", q.axis);
  return text;
}

std::string Header(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  std::string name;
  for (char c : value.name) name += c == '"' || static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return base::Cat("%", id, " \"", name, "\": ", tensor::NameOf(value.dtype),
                   tensor::ToString(value.shape), Text(value.quantization));
}

std::string ElementText(const tensor::TensorView& view, size_t i) {
  if (view.dtype == tensor::DType::kInt64) return base::Cat(view.As<int64_t>()[i]);
  double element = tensor::ElementAsDouble(view, i);
  bool is_float = view.dtype == tensor::DType::kFloat32 || view.dtype == tensor::DType::kFloat16;
  return is_float ? base::Cat(static_cast<float>(element)) : base::Cat(element);
}

std::string ContentsText(const Value& value) {
  tensor::TensorView view{value.dtype, value.shape, value.constant->bytes()};
  std::optional<int64_t> count = tensor::ElementCount(value.shape);
  if (!count || *count > static_cast<int64_t>(kMostElementsPrinted)) {
    return base::Cat("#", Digest(view.bytes));
  }
  std::string text = "{";
  for (size_t i = 0; i < static_cast<size_t>(*count); ++i) {
    text += base::Cat(i > 0 ? ", " : "", ElementText(view, i));
  }
  return text + "}";
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

std::string ToText(const Op& op) { return base::Cat(NameOf(op), Attributes(op)); }

std::string ToText(const Graph& graph) {
  std::string text = base::Cat("graph \"", graph.name, "\"\n");
  for (ValueId id : graph.inputs) text += base::Cat("input ", Header(graph, id), "\n");
  for (size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    if (!value.constant) continue;
    text += base::Cat("const ", Header(graph, static_cast<ValueId>(i)), " = ", ContentsText(value),
                      "\n");
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
