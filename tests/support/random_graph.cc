#include "support/random_graph.h"

#include <array>
#include <cmath>

#include "base/check.h"
#include "graph/infer.h"

namespace goldcrest::testing {
namespace {

using graph::Activation;
using graph::ValueId;

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  graph::Graph Make() {
    const int64_t size = random_.Integer(7, 12);
    graph_.name = "random";
    at_ = graph_.AddValue({.name = "input", .shape = {2, size, size, random_.Integer(1, 4)}});
    graph_.inputs = {at_};
    for (int64_t n = random_.Integer(3, 9); n > 0; --n) AddLayer();
    AddHead();
    graph_.outputs.push_back(at_);
    return std::move(graph_);
  }

 private:
  bool Chance(int percent) { return random_.Integer(1, 100) <= percent; }
  const tensor::Shape& shape() const { return graph_.value(at_).shape; }
  int64_t channels() const { return shape().back(); }
  std::string Name(const char* what) { return base::Cat(what, "_", ++names_); }

  ValueId Node(graph::Op op, std::vector<ValueId> inputs, const char* what) {
    ValueId made = graph_.AddNode(std::move(op), std::move(inputs), Name(what));
    GOLDCREST_CHECK(graph::InferShapesFrom(graph_, graph_.nodes.size() - 1).has_value());
    return made;
  }
  void Append(graph::Op op, std::vector<ValueId> more, const char* what) {
    more.insert(more.begin(), at_);
    at_ = Node(std::move(op), std::move(more), what);
  }

  ValueId Weights(const tensor::Shape& shape, int64_t fan_in) {
    std::vector<float> elements = random_.Floats(*tensor::ElementCount(shape));
    for (float& x : elements) x *= std::sqrt(3.0F / static_cast<float>(fan_in));
    return graph_.AddConstant(Name("weights"), shape, elements);
  }

  // A number for each channel, or one for all, of any rank; some are odd.
  ValueId PerChannel(const char* what, bool scale) {
    constexpr std::array kOdd = {0.0F, -0.0F, 1.0F, -1.0F, 1e-3F};
    std::vector<float> numbers = random_.Floats(Chance(30) ? 1 : channels());
    for (float& x : numbers) {
      if (scale) x = std::copysign(0.5F + std::fabs(x), x);
      if (Chance(8)) x = kOdd[static_cast<size_t>(random_.Integer(0, std::ssize(kOdd) - 1))];
    }
    if (Chance(10)) numbers.assign(numbers.size(), scale ? 1.0F : -0.0F);
    const auto count = static_cast<int64_t>(numbers.size());
    tensor::Shape shape = {count};
    if (count == 1 && Chance(50)) shape = {};
    if (Chance(30)) {
      shape.assign(this->shape().size(), 1);
      shape.back() = count;
    }
    return graph_.AddConstant(Name(what), shape, numbers);
  }

  Activation AnyActivation(int percent) {
    if (!Chance(percent)) return Activation::kNone;
    return Chance(50) ? Activation::kRelu : Activation::kRelu6;
  }

  graph::ConvolutionAttributes Window(int64_t kernel_h, int64_t kernel_w) {
    graph::ConvolutionAttributes op;
    op.activation = AnyActivation(20);
    if (Chance(30)) op.stride_h = op.stride_w = 2;
    const bool fits = shape()[1] >= kernel_h && shape()[2] >= kernel_w;
    const int64_t kind = random_.Integer(0, 2);
    if (kind == 1 || !fits) op.padding.kind = graph::PaddingKind::kSame;
    if (kind == 2 && fits) {
      op.padding = {graph::PaddingKind::kExplicit, random_.Integer(0, 1), random_.Integer(0, 1),
                    random_.Integer(0, 1), random_.Integer(0, 1)};
    }
    return op;
  }

  std::vector<ValueId> WithBias(ValueId weights, int64_t outputs) {
    if (Chance(50)) return {weights};
    return {weights, graph_.AddConstant(Name("bias"), {outputs}, random_.Floats(outputs))};
  }

  void Conv() {
    const int64_t h = random_.Integer(1, 3);
    const int64_t w = Chance(50) ? h : random_.Integer(1, 3);
    const int64_t outputs = random_.Integer(1, 6);
    graph::Conv2D op{Window(h, w)};
    ValueId weights = Weights({outputs, h, w, channels()}, h * w * channels());
    Append(op, WithBias(weights, outputs), "conv");
  }

  void Depthwise() {
    const int64_t size = random_.Integer(1, 3);
    const int64_t outputs = channels() * random_.Integer(1, 2);
    graph::DepthwiseConv2D op{Window(size, size)};
    Append(op, WithBias(Weights({1, size, size, outputs}, size * size), outputs), "depthwise");
  }

  void Norm() {
    const int64_t count = channels();
    auto constant = [&](const char* what, std::vector<float> numbers) {
      return graph_.AddConstant(Name(what), {count}, numbers);
    };
    std::vector<float> gamma = random_.Floats(count);
    for (float& x : gamma) x = Chance(8) ? 0 : x + 1;
    std::vector<float> variance = random_.Floats(count);
    for (float& x : variance) x = 0.2F + std::fabs(x);
    Append(graph::BatchNorm{},
           {constant("gamma", gamma), constant("beta", random_.Floats(count)),
            constant("mean", random_.Floats(count)), constant("variance", variance)},
           "norm");
  }

  void Scale() { Append(graph::Mul{AnyActivation(15)}, {PerChannel("scale", true)}, "scaled"); }
  void Shift() { Append(graph::Add{AnyActivation(15)}, {PerChannel("offset", false)}, "shifted"); }

  void ScaleAndShift() {
    if (Chance(50)) {
      Scale();
      Shift();
    } else {
      Shift();
      Scale();
    }
  }

  void Activate() { Append(graph::Activate{AnyActivation(90)}, {}, "activate"); }

  void PadZeros() {
    graph::Pad op{{0, random_.Integer(0, 1), random_.Integer(0, 1), 0},
                  {0, random_.Integer(0, 1), random_.Integer(0, 1), 0}};
    Append(op, {}, "pad");
  }

  void Pool() {
    graph::PoolAttributes op;
    op.filter_h = op.filter_w = random_.Integer(1, 2);
    op.padding.kind = graph::PaddingKind::kSame;
    op.activation = AnyActivation(20);
    if (Chance(70)) {
      Append(graph::AveragePool2D{op}, {}, "pool");
    } else {
      Append(graph::MaxPool2D{op}, {}, "pool");
    }
  }

  void Residual() {
    const ValueId before = at_;
    AddLayer();
    if (shape() == graph_.value(before).shape)
      Append(graph::Add{AnyActivation(30)}, {before}, "sum");
  }

  void Training() {
    if (Chance(50)) {
      Append(graph::Dropout{0.5}, {}, "dropout");
    } else {
      Append(graph::TrainingOnly{"RandomFlip"}, {}, "training");
    }
  }

  ValueId Number(const char* what, float x) {
    return graph_.AddConstant(Name(what), {}, std::span(&x, 1));
  }

  // relu6(x + 3) / 6, times x or not, in any order.
  void HardGate() {
    const ValueId x = at_;
    ValueId gate = -1;
    if (Chance(50)) {
      gate = Node(graph::Add{Activation::kRelu6}, {x, Number("three", 3)}, "gate");
    } else {
      gate = Node(graph::Add{}, {x, Number("three", 3)}, "plus");
      gate = Node(graph::Activate{Activation::kRelu6}, {gate}, "gate");
    }
    const ValueId sixth = Number("sixth", Chance(90) ? 1.0F / 6 : 0.2F);
    auto times = [&](ValueId a, ValueId b) { return Node(graph::Mul{}, {a, b}, "times"); };
    switch (random_.Integer(0, 3)) {
      case 0:
        at_ = times(times(gate, sixth), x);
        break;
      case 1:
        at_ = times(x, times(gate, sixth));
        break;
      case 2:
        at_ = times(times(gate, x), sixth);
        break;
      default:
        at_ = times(gate, sixth);  // the sigmoid alone
    }
  }

  void ComputedConstant() {
    const ValueId sum = Node(
        graph::Add{}, {PerChannel("part", true), Number("whole", random_.Float())}, "computed");
    Append(graph::Mul{}, {sum}, "scaled");
  }

  void SecondReader() {
    if (Chance(50)) {
      graph_.outputs.push_back(at_);
    } else {
      Node(graph::Tanh{}, {at_}, "unread");
    }
  }

  void AddLayer() {
    using Layer = void (Maker::*)();
    constexpr std::array<Layer, 16> kLayers = {
        &Maker::Conv,        &Maker::Conv,          &Maker::Depthwise,
        &Maker::Norm,        &Maker::Norm,          &Maker::Scale,
        &Maker::Shift,       &Maker::ScaleAndShift, &Maker::Activate,
        &Maker::PadZeros,    &Maker::Pool,          &Maker::Residual,
        &Maker::Training,    &Maker::HardGate,      &Maker::ComputedConstant,
        &Maker::SecondReader};
    (this->*kLayers[static_cast<size_t>(random_.Integer(0, std::ssize(kLayers) - 1))])();
  }

  void AddHead() {
    auto maybe_affine = [&] {
      if (Chance(30)) Norm();
      if (Chance(30)) ScaleAndShift();
    };
    const int64_t outputs = random_.Integer(2, 5);
    maybe_affine();
    if (Chance(50)) {
      const bool keep = Chance(50);
      Append(graph::Mean{{1, 2}, keep}, {}, "mean");
      maybe_affine();
      if (keep) {
        Append(graph::Conv2D{}, WithBias(Weights({outputs, 1, 1, channels()}, channels()), outputs),
               "head");
        return;
      }
    } else {
      const int64_t count = *tensor::ElementCount(std::span(shape()).subspan(1));
      Append(graph::Reshape{{-1, count}}, {}, "flat");
      if (Chance(30)) maybe_affine();
    }
    Append(graph::FullyConnected{AnyActivation(20)},
           WithBias(Weights({outputs, channels()}, channels()), outputs), "head");
    maybe_affine();
  }

  Random random_;
  graph::Graph graph_;
  ValueId at_ = -1;
  int names_ = 0;
};

}  // namespace

graph::Graph RandomGraph(uint64_t seed) { return Maker(seed).Make(); }

}  // namespace goldcrest::testing
