// x · relu6(x + 3) · (1 / 6), multiplied in any order, is one operator.
#include <cmath>

#include "passes/edit.h"
#include "passes/passes.h"

namespace goldcrest::passes {
namespace {

using graph::ValueId;

// The one number that a constant is, of any rank.
std::optional<float> Number(const graph::Graph& graph, ValueId id) {
  const graph::Value& value = graph.value(id);
  bool number = value.constant && value.dtype == tensor::DType::kFloat32 &&
                value.constant->bytes().size() == sizeof(float);
  if (!number) return std::nullopt;
  return value.constant->As<float>()[0];
}

// What a tree of multiplications multiplies.
struct Product {
  double factor = 1;
  std::optional<ValueId> gated;  // x of a relu6(x + 3)
  std::optional<ValueId> x;      // any other operand
  bool other = false;            // there is more than that
  std::vector<int32_t> nodes;    // of the tree, the gate's too
};

class Matcher {
 public:
  explicit Matcher(const graph::Graph& graph) : graph_(graph), uses_(graph) {}

  // The product that node `at` is the root of; only what nothing else reads belongs to it.
  Product ProductAt(int32_t at) {
    Product product;
    Multiply(at, product);
    return product;
  }

 private:
  const graph::Node& node(int32_t at) const { return graph_.nodes[static_cast<size_t>(at)]; }

  void Multiply(int32_t at, Product& product) {
    product.nodes.push_back(at);
    for (ValueId id : node(at).inputs) {
      const int32_t producer = uses_.OnlyProducer(id);
      if (std::optional<float> number = Number(graph_, id)) {
        product.factor *= *number;
      } else if (IsMul(producer) && product.nodes.size() < kMostNodes) {
        Multiply(producer, product);
      } else if (std::optional<ValueId> gated = Gated(producer, product)) {
        product.other |= product.gated.has_value();
        product.gated = gated;
      } else {
        product.other |= product.x.has_value();
        product.x = id;
      }
    }
  }

  bool IsMul(int32_t at) const {
    if (at < 0) return false;
    const auto* mul = std::get_if<graph::Mul>(&node(at).op);
    return mul != nullptr && mul->activation == graph::Activation::kNone;
  }

  // x, where node `at` computes relu6(x + 3).
  std::optional<ValueId> Gated(int32_t at, Product& product) const {
    if (at < 0) return std::nullopt;
    graph::Activation wanted = graph::Activation::kRelu6;
    int32_t sum_at = at;
    if (const auto* activate = std::get_if<graph::Activate>(&node(at).op)) {
      if (activate->activation != graph::Activation::kRelu6) return std::nullopt;
      wanted = graph::Activation::kNone;
      sum_at = uses_.OnlyProducer(node(at).inputs[0]);
      if (sum_at < 0) return std::nullopt;
    }
    const auto* sum = std::get_if<graph::Add>(&node(sum_at).op);
    if (sum == nullptr || sum->activation != wanted) return std::nullopt;
    const std::vector<ValueId>& operands = node(sum_at).inputs;
    const size_t x = Number(graph_, operands[0]) ? 1 : 0;
    if (Number(graph_, operands[1 - x]) != 3.0F) return std::nullopt;
    product.nodes.push_back(at);
    if (sum_at != at) product.nodes.push_back(sum_at);
    return operands[x];
  }

  static constexpr size_t kMostNodes = 8;
  const graph::Graph& graph_;
  Uses uses_;
};

bool IsHardSwish(const graph::Graph& graph, const Product& product, ValueId result) {
  constexpr double kRounding = 1e-6;  // of 1 / 6, or of what it is the product of
  return !product.other && product.gated && product.x == product.gated &&
         std::fabs(product.factor * 6 - 1) <= kRounding &&
         graph.value(*product.x).dtype == tensor::DType::kFloat32 &&
         graph.value(*product.x).shape == graph.value(result).shape;
}

}  // namespace

int FuseHardSwish(graph::Graph& graph) {
  Matcher matcher(graph);
  std::vector<bool> remove(graph.nodes.size(), false);
  int fused = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    graph::Node& root = graph.nodes[i];
    const auto* mul = std::get_if<graph::Mul>(&root.op);
    if (mul == nullptr || mul->activation != graph::Activation::kNone) continue;
    const Product product = matcher.ProductAt(static_cast<int32_t>(i));
    if (!IsHardSwish(graph, product, root.output)) continue;
    for (int32_t at : product.nodes) remove[static_cast<size_t>(at)] = true;
    remove[i] = false;
    root.op = graph::HardSwish{};
    root.inputs = {*product.x};
    ++fused;
  }
  RemoveNodes(graph, remove);
  return fused;
}

}  // namespace goldcrest::passes
