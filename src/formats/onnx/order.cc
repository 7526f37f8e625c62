#include "formats/onnx/order.h"

#include <algorithm>
#include <numeric>

namespace goldcrest::formats::onnx {
namespace {

using tensor::Shape;

// Dimensions side by side that hold as many elements in both shapes: indices among the moving ones.
struct Group {
  size_t first = 0, last = 0;        // of the one shape
  size_t to_first = 0, to_last = 0;  // of the other
};

std::optional<std::vector<Group>> GroupsOf(const Shape& from, const Shape& to) {
  std::vector<Group> groups;
  size_t i = 0;
  size_t j = 0;
  while (i < from.size() && j < to.size()) {
    Group group{i, i + 1, j, j + 1};
    int64_t a = from[i++];
    int64_t b = to[j++];
    while (a != b) {
      // A dimension that is not known goes with such a one only; products would overflow.
      constexpr int64_t kLargest = int64_t{1} << 31;
      if (a < 1 || b < 1 || a > kLargest || b > kLargest) return std::nullopt;
      const bool more = a < b;
      if (more ? i == from.size() : j == to.size()) return std::nullopt;
      const int64_t next = more ? from[i++] : to[j++];
      if (next < 1) return std::nullopt;
      (more ? a : b) *= next;
    }
    group.last = i;
    group.to_last = j;
    groups.push_back(group);
  }
  if (i != from.size() || j != to.size()) return std::nullopt;
  return groups;
}

// The indices of dimensions other than 1.
std::vector<size_t> MovingDimensions(const Shape& shape) {
  std::vector<size_t> moving;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != 1) moving.push_back(i);
  }
  return moving;
}

Shape Picked(const Shape& shape, const std::vector<size_t>& indices) {
  Shape picked;
  for (size_t i : indices) picked.push_back(shape[i]);
  return picked;
}

}  // namespace

Order Straight(size_t rank) {
  Order order(rank);
  std::iota(order.begin(), order.end(), size_t{0});
  return order;
}

Order ChannelsLast() { return {0, 2, 3, 1}; }

Shape InFileOrder(const Shape& of_value, const Order& order) {
  Shape shape(of_value.size());
  for (size_t d = 0; d < order.size(); ++d) shape[order[d]] = of_value[d];
  return shape;
}

Shape InOrder(const Shape& of_tensor, const Order& order) { return Picked(of_tensor, order); }

Order Moving(const Order& order, const Shape& of_tensor) {
  Order moving;
  for (size_t axis : order) {
    if (of_tensor[axis] != 1) moving.push_back(axis);
  }
  return moving;
}

std::optional<Order> Regrouped(const Shape& from, const Order& order, const Shape& to) {
  std::vector<size_t> to_dimensions = MovingDimensions(to);
  const Order lies = Moving(order, from);
  if (std::ranges::is_sorted(lies)) return to_dimensions;
  const std::vector<size_t> dimensions = MovingDimensions(from);
  const auto groups = GroupsOf(Picked(from, dimensions), Picked(to, to_dimensions));
  if (!groups) return std::nullopt;
  Order moving;
  for (size_t at = 0; at < lies.size();) {
    const auto group = std::ranges::find_if(
        *groups, [&](const Group& g) { return dimensions[g.first] == lies[at]; });
    if (group == groups->end()) return std::nullopt;
    for (size_t i = group->first; i < group->last; ++i, ++at) {
      if (at == lies.size() || lies[at] != dimensions[i]) return std::nullopt;
    }
    for (size_t j = group->to_first; j < group->to_last; ++j) moving.push_back(to_dimensions[j]);
  }
  return moving;
}

Order Completed(const Order& moving, const Shape& of_tensor) {
  const size_t rank = of_tensor.size();
  if (std::ranges::is_sorted(moving)) return Straight(rank);
  if (rank == 4 && Moving(ChannelsLast(), of_tensor) == moving) return ChannelsLast();
  // Each dimension of 1 goes behind the one that it follows in the tensor.
  Order order = moving;
  for (size_t axis = 0; axis < rank; ++axis) {
    if (of_tensor[axis] != 1) continue;
    auto at = axis == 0 ? order.begin() : std::ranges::find(order, axis - 1) + 1;
    order.insert(at, axis);
  }
  return order;
}

}  // namespace goldcrest::formats::onnx
