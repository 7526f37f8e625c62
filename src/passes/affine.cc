#include "passes/affine.h"

#include <algorithm>
#include <cmath>

namespace goldcrest::passes {
namespace {

using graph::ValueId;

bool AllFinite(const std::vector<double>& numbers) {
  return std::ranges::all_of(numbers, [](double x) { return std::isfinite(x); });
}

bool IsFloatConstant(const graph::Graph& graph, ValueId id) {
  return graph.value(id).constant && graph.value(id).dtype == tensor::DType::kFloat32;
}

// Of an addition or multiplication, the place of the constant; none where there is none, or it is
// not the same for every pixel.
std::optional<size_t> ConstantOperand(const graph::Graph& graph, const graph::Node& node) {
  const tensor::Shape& shape = graph.value(node.output).shape;
  for (size_t i : {size_t{1}, size_t{0}}) {
    const graph::Value& constant = graph.value(node.inputs[i]);
    const graph::Value& x = graph.value(node.inputs[1 - i]);
    if (!IsFloatConstant(graph, node.inputs[i]) || x.constant || x.shape != shape) continue;
    std::optional<int64_t> count = tensor::ElementCount(constant.shape);
    bool fits = count == 1 || (count == shape.back() && constant.shape.back() == shape.back());
    if (fits) return i;
  }
  return std::nullopt;
}

// Of gamma · (x − mean) / sqrt(variance + epsilon) + beta.
Affine OfBatchNorm(const graph::Graph& graph, const graph::Node& node) {
  auto elements = [&](size_t i) { return graph.value(node.inputs[i]).constant->As<float>(); };
  const double epsilon = std::get<graph::BatchNorm>(node.op).epsilon;
  Affine affine;
  for (size_t c = 0; c < elements(1).size(); ++c) {
    double scale = elements(1)[c] / std::sqrt(elements(4)[c] + epsilon);
    affine.scale.push_back(scale);
    affine.offset.push_back(elements(2)[c] - elements(3)[c] * scale);
  }
  return affine;
}

}  // namespace

bool Affine::scales() const {
  return std::ranges::any_of(scale, [](double s) { return s != 1; });
}

bool Affine::shifts() const {
  return std::ranges::any_of(offset, [](double o) { return o != 0; });
}

Affine Then(const Affine& a, const Affine& b) {
  Affine both;
  for (size_t c = 0; c < a.channels(); ++c) {
    both.scale.push_back(a.scale[c] * b.scale[c]);
    both.offset.push_back(a.offset[c] * b.scale[c] + b.offset[c]);
  }
  return both;
}

std::optional<Affine> Reshaped(const Affine& affine, size_t channels) {
  // Element f of either value has channel f % from of one and f % channels of the other.
  const size_t from = affine.channels();
  auto has_period = [&](size_t period) {
    for (size_t i = period; i < from; ++i) {
      bool same = affine.scale[i] == affine.scale[i - period] &&
                  affine.offset[i] == affine.offset[i - period];
      if (!same) return false;
    }
    return true;
  };
  bool fits =
      channels % from == 0 || (from % channels == 0 && has_period(channels)) || has_period(1);
  if (!fits) return std::nullopt;
  Affine reshaped;
  for (size_t i = 0; i < channels; ++i) {
    reshaped.scale.push_back(affine.scale[i % from]);
    reshaped.offset.push_back(affine.offset[i % from]);
  }
  return reshaped;
}

std::optional<ValueId> AffineOperand(const graph::Graph& graph, const graph::Node& node) {
  const graph::Value& out = graph.value(node.output);
  if (out.dtype != tensor::DType::kFloat32 || out.shape.empty() || out.shape.back() < 1) {
    return std::nullopt;
  }
  if (std::holds_alternative<graph::BatchNorm>(node.op)) {
    for (size_t i = 1; i < 5; ++i) {
      if (!IsFloatConstant(graph, node.inputs[i])) return std::nullopt;
    }
    return node.inputs[0];
  }
  bool arithmetic =
      std::holds_alternative<graph::Add>(node.op) || std::holds_alternative<graph::Mul>(node.op);
  if (!arithmetic) return std::nullopt;
  std::optional<size_t> constant = ConstantOperand(graph, node);
  if (!constant) return std::nullopt;
  return node.inputs[1 - *constant];
}

std::optional<Affine> AffineOf(const graph::Graph& graph, const graph::Node& node) {
  Affine affine;
  if (std::holds_alternative<graph::BatchNorm>(node.op)) {
    affine = OfBatchNorm(graph, node);
  } else {
    const graph::Value& constant = graph.value(node.inputs[*ConstantOperand(graph, node)]);
    const std::span<const float> elements = constant.constant->As<float>();
    const auto channels = static_cast<size_t>(graph.value(node.output).shape.back());
    const bool scales = std::holds_alternative<graph::Mul>(node.op);
    affine.scale.assign(channels, 1);
    affine.offset.assign(channels, 0);
    for (size_t c = 0; c < channels; ++c) {
      (scales ? affine.scale : affine.offset)[c] = elements[elements.size() == 1 ? 0 : c];
    }
  }
  if (!AllFinite(affine.scale) || !AllFinite(affine.offset)) return std::nullopt;
  return affine;
}

std::optional<std::vector<float>> Rounded(const std::vector<double>& numbers) {
  std::vector<float> floats(numbers.begin(), numbers.end());
  if (!std::ranges::all_of(floats, [](float x) { return std::isfinite(x); })) return std::nullopt;
  return floats;
}

}  // namespace goldcrest::passes
