#include "formats/reading/broadcast.h"

namespace goldcrest::formats::reading {
namespace {

using tensor::Shape;

// Goes through the elements of `shape` in order; At() is where the one of `from` lies.
class BroadcastIndex {
 public:
  BroadcastIndex(const Shape& shape, const Shape& from) : shape_(shape), at_(shape.size(), 0) {
    strides_.resize(shape.size(), 0);
    size_t stride = 1;
    for (size_t i = 0; i < from.size(); ++i) {
      const int64_t d = from[from.size() - 1 - i];
      if (d != 1) strides_[shape.size() - 1 - i] = stride;
      stride *= static_cast<size_t>(d);
    }
  }

  size_t At() const { return index_; }
  void Step() {
    for (size_t i = shape_.size(); i-- > 0;) {
      index_ += strides_[i];
      if (++at_[i] < shape_[i]) return;
      index_ -= strides_[i] * static_cast<size_t>(at_[i]);
      at_[i] = 0;
    }
  }

 private:
  Shape shape_;
  Shape at_;
  std::vector<size_t> strides_;
  size_t index_ = 0;
};

}  // namespace

Result<Shape> BroadcastShape(const Shape& a, const Shape& b) {
  Shape shape = a.size() >= b.size() ? a : b;
  const Shape& other = a.size() >= b.size() ? b : a;
  for (size_t i = 0; i < other.size(); ++i) {
    int64_t& d = shape[shape.size() - 1 - i];
    const int64_t e = other[other.size() - 1 - i];
    if (d != e && d != 1 && e != 1) {
      return Invalid("operands of shape ", tensor::ToString(a), " and ", tensor::ToString(b));
    }
    if (d == 1) d = e;
  }
  return shape;
}

Result<Floats> Broadcast(float (*compute)(float a, float b), const Floats& a, const Floats& b,
                         Budget& budget) {
  GOLDCREST_TRY(Shape shape, BroadcastShape(a.shape, b.shape));
  const std::optional<size_t> bytes = tensor::ByteCount(tensor::DType::kFloat32, shape);
  if (!bytes) return Invalid("makes ", tensor::ToString(shape));
  GOLDCREST_RETURN_IF_ERROR(budget.Take(*bytes));
  std::vector<float> made(*bytes / sizeof(float));
  BroadcastIndex from_a(shape, a.shape);
  BroadcastIndex from_b(shape, b.shape);
  for (float& element : made) {
    element = compute(a.elements()[from_a.At()], b.elements()[from_b.At()]);
    from_a.Step();
    from_b.Step();
  }
  return Floats{std::move(shape), tensor::SharedBytes::Copy<float>(made)};
}

}  // namespace goldcrest::formats::reading
