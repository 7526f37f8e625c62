#include <array>

#include "kernels/conv/conv.h"

namespace goldcrest::kernels::conv {
namespace {

constexpr std::array kRows = {
    Row{"conv_f32_reference", NeverRefuse<Params>, Reference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params) { return ChooseRow<Params, Function>(kRows, params); }

}  // namespace goldcrest::kernels::conv
