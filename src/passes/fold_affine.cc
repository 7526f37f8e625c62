#include "passes/fold_affine.h"

#include <algorithm>
#include <cmath>

#include "passes/affine.h"
#include "passes/edit.h"
#include "passes/linear_layer.h"

namespace goldcrest::passes {
namespace {

using graph::Activation;
using graph::ValueId;

// More channels than any layer has.
constexpr int64_t kMostChannels = 1 << 20;
// A layer that adds a larger offset to inputs of about one, weighted, would lose their last digits.
constexpr double kLargestOffsetAhead = 1024;

// Affine nodes one after the other, each the only reader of the one before.
struct Chain {
  std::vector<int32_t> nodes;
  ValueId input = -1;
  ValueId output = -1;
  Affine affine;
  Activation activation = Activation::kNone;  // of the last
  bool has_batch_norm = false;
};

// A layer found along a path from a chain.
struct Neighbour {
  int32_t node = -1;
  bool padded = false;           // zeros are added on the way
  std::vector<size_t> channels;  // of the values on the way, where they change
};

// What `affine`, at the chain, is at the layer; none where it is no scale of the channels there.
std::optional<Affine> Along(const Neighbour& path, Affine affine) {
  for (size_t channels : path.channels) {
    std::optional<Affine> reshaped = Reshaped(affine, channels);
    if (!reshaped) return std::nullopt;
    affine = std::move(*reshaped);
  }
  return affine;
}

// Whether a scale of each channel of the node's operand is one of its result. `padded` is set where
// it adds zeros, which an offset would change.
bool IsTransparent(const graph::Graph& graph, const graph::Node& node, bool& padded) {
  const graph::Value& out = graph.value(node.output);
  const tensor::Shape& shape = graph.value(node.inputs[0]).shape;
  if (out.dtype != tensor::DType::kFloat32 || shape.empty() || shape.back() < 1) return false;
  if (std::holds_alternative<graph::Reshape>(node.op)) {
    return !out.shape.empty() && out.shape.back() >= 1;
  }
  if (const auto* mean = std::get_if<graph::Mean>(&node.op)) {
    return mean->axes.empty() || mean->axes.back() + 1 < static_cast<int64_t>(shape.size());
  }
  if (const auto* pool = std::get_if<graph::AveragePool2D>(&node.op)) {
    return pool->activation == Activation::kNone;
  }
  if (const auto* pad = std::get_if<graph::Pad>(&node.op)) {
    padded = true;
    return pad->before.back() == 0 && pad->after.back() == 0;
  }
  return false;
}

class Folder {
 public:
  Folder(graph::Graph& graph, AffineChains which, WorkLimit& limit)
      : graph_(graph), which_(which), limit_(limit), uses_(graph) {}

  int Run() {
    int changes = 0;
    for (bool changed = true; changed;) {
      changed = false;
      visited_.assign(graph_.nodes.size(), false);
      for (size_t i = 0; i < graph_.nodes.size(); ++i) {
        std::optional<Chain> chain = ChainFrom(static_cast<int32_t>(i));
        if (!chain || !limit_.Take(graph_.values.size() * sizeof(ValueId)) || !Fold(*chain))
          continue;
        ++changes;
        changed = true;
        uses_ = Uses(graph_);
        visited_.assign(graph_.nodes.size(), false);
      }
    }
    return changes;
  }

 private:
  graph::Node& node(int32_t at) { return graph_.nodes[static_cast<size_t>(at)]; }

  size_t Channels(ValueId id) const { return static_cast<size_t>(graph_.value(id).shape.back()); }

  Activation ActivationOf(int32_t at) {
    const Activation* fused = FusedActivation(node(at).op);
    return fused == nullptr ? Activation::kNone : *fused;
  }

  // The operand that node `at` scales, where it may belong to a chain.
  std::optional<ValueId> LinkOperand(int32_t at) {
    if (at < 0 || visited_[static_cast<size_t>(at)]) return std::nullopt;
    bool norm = std::holds_alternative<graph::BatchNorm>(node(at).op);
    if (norm && which_ == AffineChains::kWithoutBatchNorm) return std::nullopt;
    std::optional<ValueId> operand = AffineOperand(graph_, node(at));
    if (!operand || graph_.value(*operand).shape.back() > kMostChannels) return std::nullopt;
    return operand;
  }

  // Adds node `at` to the chain; false where its numbers are not finite.
  bool Append(Chain& chain, int32_t at) {
    if (!limit_.Take(Channels(node(at).output) * 2 * sizeof(double))) return false;
    std::optional<Affine> affine = AffineOf(graph_, node(at));
    if (!affine) return false;
    chain.affine = chain.nodes.empty() ? std::move(*affine) : Then(chain.affine, *affine);
    chain.nodes.push_back(at);
    visited_[static_cast<size_t>(at)] = true;
    chain.output = node(at).output;
    chain.activation = ActivationOf(at);
    chain.has_batch_norm |= std::holds_alternative<graph::BatchNorm>(node(at).op);
    return true;
  }

  std::optional<Chain> ChainFrom(int32_t at) {
    std::optional<ValueId> operand = LinkOperand(at);
    if (!operand) return std::nullopt;
    Chain chain;
    chain.input = *operand;
    if (!Append(chain, at)) return std::nullopt;
    while (chain.activation == Activation::kNone) {
      const int32_t next = uses_.OnlyReader(chain.output);
      if (LinkOperand(next) != chain.output || !Append(chain, next)) break;
    }
    if (which_ == AffineChains::kWithBatchNorm && !chain.has_batch_norm) return std::nullopt;
    return chain;
  }

  // The linear layer without an activation whose result is the chain's input.
  std::optional<Neighbour> LayerBefore(const Chain& chain) {
    Neighbour found{.node = uses_.OnlyProducer(chain.input), .channels = {}};
    while (found.node >= 0 && IsTransparent(graph_, node(found.node), found.padded)) {
      const ValueId value = node(found.node).inputs[0];
      found.channels.push_back(Channels(value));
      found.node = uses_.OnlyProducer(value);
    }
    bool fits = found.node >= 0 && IsLinearLayer(graph_, node(found.node)) &&
                ActivationOf(found.node) == Activation::kNone;
    return fits ? std::optional(found) : std::nullopt;
  }

  // The linear layer that reads the chain's output and nothing else does.
  std::optional<Neighbour> LayerAfter(const Chain& chain) {
    ValueId value = chain.output;
    Neighbour found{.node = uses_.OnlyReader(value), .channels = {}};
    while (found.node >= 0 && node(found.node).inputs[0] == value &&
           IsTransparent(graph_, node(found.node), found.padded)) {
      value = node(found.node).output;
      found.channels.push_back(Channels(value));
      found.node = uses_.OnlyReader(value);
    }
    bool fits = found.node >= 0 && node(found.node).inputs[0] == value &&
                IsLinearLayer(graph_, node(found.node));
    if (!fits) return std::nullopt;
    found.padded |= PadsWithZeros(graph_, node(found.node));
    return found;
  }

  bool TakeWeights(const graph::Node& layer) {
    constexpr size_t kCopies = 4;  // doubles, and the new weights
    return limit_.Take(kCopies * graph_.value(layer.inputs[1]).constant->bytes().size());
  }

  bool Fold(const Chain& chain) { return FoldBefore(chain) || FoldAfter(chain) || Shorten(chain); }

  bool FoldBefore(const Chain& chain) {
    std::optional<Neighbour> layer = LayerBefore(chain);
    if (!layer) return false;
    Affine part = chain.affine;
    Affine rest = Identity(chain);
    if (layer->padded) std::swap(part.offset, rest.offset);
    std::optional<Affine> there = Along(*layer, part);
    bool works = there && (part.scales() || part.shifts()) && TakeWeights(node(layer->node)) &&
                 AbsorbAfter(graph_, node(layer->node), *there, graph_.value(chain.output).name);
    return works && Replace(chain, rest, Renamed::kProducer);
  }

  bool FoldAfter(const Chain& chain) {
    if (chain.activation != Activation::kNone) return false;
    std::optional<Neighbour> layer = LayerAfter(chain);
    if (!layer) return false;
    Affine part = chain.affine;
    Affine rest = Identity(chain);
    const bool large = std::ranges::any_of(
        part.offset, [](double o) { return std::fabs(o) > kLargestOffsetAhead; });
    if (layer->padded || large) {
      // x · scale + offset = (x + offset / scale) · scale
      std::swap(part.offset, rest.offset);
      for (size_t c = 0; c < rest.channels(); ++c) {
        if (rest.offset[c] != 0) rest.offset[c] /= part.scale[c];
      }
      if (!Rounded(rest.offset)) return false;
    }
    std::optional<Affine> there = Along(*layer, part);
    bool works = there && (part.scales() || part.shifts()) && TakeWeights(node(layer->node)) &&
                 AbsorbBefore(graph_, node(layer->node), *there, graph_.NameOf(node(layer->node)));
    return works && Replace(chain, rest, Renamed::kReaders);
  }

  bool Shorten(const Chain& chain) {
    const size_t needed = (chain.affine.scales() ? 1 : 0) + (chain.affine.shifts() ? 1 : 0);
    bool longer = chain.has_batch_norm || chain.nodes.size() > needed;
    return longer && Rounded(chain.affine.scale) && Rounded(chain.affine.offset) &&
           Replace(chain, chain.affine, Renamed::kProducer);
  }

  static Affine Identity(const Chain& chain) {
    return {std::vector<double>(chain.affine.channels(), 1),
            std::vector<double>(chain.affine.channels(), 0)};
  }

  // A float32 constant of a number a channel, or of the one that all have.
  ValueId Constant(const std::string& name, const std::vector<double>& numbers) {
    std::vector<float> floats = *Rounded(numbers);
    bool uniform = std::ranges::count(floats, floats[0]) == std::ssize(floats);
    if (uniform) return graph_.AddConstant(name, {}, std::span(floats).first(1));
    return graph_.AddConstant(name, {static_cast<int64_t>(floats.size())}, floats);
  }

  // Where nothing takes a chain's place: what made its input makes its output, or those who read
  // its output read its input.
  enum class Renamed { kProducer, kReaders };

  // `rest`, which is finite, and the chain's activation take the place of the chain.
  bool Replace(const Chain& chain, const Affine& rest, Renamed renamed) {
    const std::string name = graph_.value(chain.output).name;
    std::vector<graph::Node> nodes;
    auto add = [&](graph::Op op, std::optional<ValueId> constant) {
      graph::Node made{std::move(op), {nodes.empty() ? chain.input : nodes.back().output}, -1};
      if (constant) made.inputs.push_back(*constant);
      made.output =
          graph_.AddValue({.name = name + "/scaled", .shape = graph_.value(chain.output).shape});
      nodes.push_back(std::move(made));
    };
    if (rest.scales()) add(graph::Mul{}, Constant(name + "/scale", rest.scale));
    if (rest.shifts()) add(graph::Add{}, Constant(name + "/offset", rest.offset));
    if (chain.activation != Activation::kNone) {
      if (nodes.empty()) {
        add(graph::Activate{chain.activation}, std::nullopt);
      } else {
        *FusedActivation(nodes.back().op) = chain.activation;
      }
    }
    if (nodes.empty()) {
      Bypass(chain, renamed);
    } else {
      nodes.back().output = chain.output;
    }
    Substitute(chain, std::move(nodes));
    return true;
  }

  void Bypass(const Chain& chain, Renamed renamed) {
    const int32_t producer = uses_.OnlyProducer(chain.input);
    if (producer >= 0 && renamed == Renamed::kProducer) {
      node(producer).output = chain.output;
    } else {
      graph::ReplaceUses(graph_, chain.output, chain.input);
    }
  }

  // Puts `nodes` where the chain's last was.
  void Substitute(const Chain& chain, std::vector<graph::Node> nodes) {
    std::vector<bool> remove(graph_.nodes.size(), false);
    for (int32_t at : chain.nodes) remove[static_cast<size_t>(at)] = true;
    std::vector<graph::Node> all;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (static_cast<int32_t>(i) == chain.nodes.back()) {
        std::ranges::move(nodes, std::back_inserter(all));
      }
      if (!remove[i]) all.push_back(std::move(graph_.nodes[i]));
    }
    graph_.nodes = std::move(all);
  }

  graph::Graph& graph_;
  AffineChains which_;
  WorkLimit& limit_;
  Uses uses_;
  std::vector<bool> visited_;
};

}  // namespace

int FoldAffine(graph::Graph& graph, AffineChains which, WorkLimit& limit) {
  return Folder(graph, which, limit).Run();
}

}  // namespace goldcrest::passes
