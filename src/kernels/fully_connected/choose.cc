#include <array>

#include "kernels/fully_connected/fully_connected.h"

namespace goldcrest::kernels::fully_connected {
namespace {

constexpr std::array kRows = {
    Row{"fully_connected_f32_reference", NeverRefuse<Params>, Reference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params) { return ChooseRow<Params, Function>(kRows, params); }

}  // namespace goldcrest::kernels::fully_connected
