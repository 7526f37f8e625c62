// The most memory of the process that was resident at a time.
#pragma once

#include <cstdio>

namespace goldcrest::bench {

// VmHWM, in bytes.
inline void PrintPeakMemory() {
  std::FILE* status = std::fopen("/proc/self/status", "r");
  char line[256];
  long kib = 0;
  while (status != nullptr && std::fgets(line, sizeof(line), status) != nullptr) {
    std::sscanf(line, "VmHWM: %ld", &kib);
  }
  if (status != nullptr) std::fclose(status);
  std::printf("peak_bytes %ld\n", kib * 1024);
}

}  // namespace goldcrest::bench
