#include <array>

#include "kernels/depthwise/depthwise.h"

namespace goldcrest::kernels::depthwise {
namespace {

constexpr std::array kRows = {
    Row{"depthwise_f32_reference", NeverRefuse<Params>, Reference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params) { return ChooseRow<Params, Function>(kRows, params); }

}  // namespace goldcrest::kernels::depthwise
