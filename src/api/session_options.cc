#include "api/session_options.h"

#include <algorithm>

#include "base/strings.h"

namespace goldcrest::api {

std::string CacheFileOf(const std::string& cache, const std::string& model) {
  return cache == kBesideModel ? base::Cat(model, ".goldcrest-cache") : cache;
}

Status SetOption(SessionOptions& options, std::string name, const std::string& value) {
  std::ranges::replace(name, '_', '-');
  if (name == "threads") {
    constexpr int64_t kMostThreads = 256;
    int64_t threads = 0;
    if (!base::ParseInt(value, threads) || threads < 1 || threads > kMostThreads) {
      return Fail(ErrorCode::kUsage, "the option threads is '", value, "'; it can be 1 to ",
                  kMostThreads);
    }
    options.threads = static_cast<int>(threads);
  } else if (name == "isa") {
    GOLDCREST_TRY(options.isa, base::ParseIsa("the option isa", value));
  } else if (name == "arithmetic") {
    GOLDCREST_TRY(options.arithmetic, tensor::ParseArithmetic("the option arithmetic", value));
  } else if (name == "precision") {
    GOLDCREST_TRY(options.precision, tensor::ParsePrecision("the option precision", value));
  } else if (name == "input-shapes") {
    GOLDCREST_TRY(options.input_shapes, tensor::ParseShapes(value));
  } else if (name == "normalize") {
    GOLDCREST_RETURN_IF_ERROR(tensor::ParseNormalization(value));
    options.contract.normalize = value;
  } else if (name == "resize") {
    options.contract.resize = value;
  } else if (name == "crop") {
    options.contract.crop = value;
  } else if (name == "cache") {
    options.cache = value;
  } else {
    const std::vector<std::string> names = {"threads",   "isa",          "arithmetic",
                                            "precision", "input-shapes", "normalize",
                                            "resize",    "crop",         "cache"};
    std::string nearest = base::Nearest(name, names);
    return Fail(ErrorCode::kUsage, "there is no option '", name, "'",
                nearest.empty() ? base::Cat("; there are ", base::Join(names, ", "))
                                : base::Cat("; did you mean ", nearest, "?"));
  }
  return {};
}

}  // namespace goldcrest::api
