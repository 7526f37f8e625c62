#include "pipeline/processor_name.h"

#include <fstream>

#include "base/strings.h"

namespace goldcrest::pipeline {
namespace {

std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

// As Linux tells it, the first processor for all.
std::string ProcessorName() {
  std::ifstream file("/proc/cpuinfo");
  std::string implementer;
  std::string part;
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key = Trimmed(line.substr(0, colon));
    std::string value = Trimmed(line.substr(colon + 1));
    if (key == "model name" && !value.empty()) return value;
    if (key == "CPU implementer") implementer = value;
    if (key == "CPU part") part = value;
    if (!implementer.empty() && !part.empty()) {
      return base::Cat("implementer ", implementer, " part ", part);
    }
  }
  return "unknown";
}

}  // namespace goldcrest::pipeline
