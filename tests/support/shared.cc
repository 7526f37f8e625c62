#include "support/shared.h"

#include <cstdlib>

#include "base/check.h"

namespace goldcrest::testing {

std::string SharedFile(const std::string& name) {
  const char* set = std::getenv("GOLDCREST_SHARED");
  return std::string(set != nullptr && *set != '\0' ? set : GOLDCREST_DEFAULT_SHARED) + "/" + name;
}

tensor::Tensor Golden(const std::string& file, const std::string& array) {
  static std::map<std::string, NpzFile> files;
  auto [found, unused] = files.try_emplace(file, SharedFile("golden/" + file));
  auto tensor = found->second.Read(array);
  GOLDCREST_CHECK(tensor.has_value());
  return std::move(*tensor);
}

tensor::Tensor GoldenInput(int64_t index) {
  static const tensor::Tensor bytes = Golden("inputs_224.npz", "u8");
  auto tensor = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 224, 224, 3});
  std::span<float> out = tensor->mutable_view().As<float>();
  const uint8_t* in = bytes.view().As<uint8_t>().data() + index * static_cast<int64_t>(out.size());
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(in[i]) / 127.5F - 1.0F;
  return std::move(*tensor);
}

}  // namespace goldcrest::testing
