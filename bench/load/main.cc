// goldcrest_load MODEL TIMES [OPTION VALUE]...: opens a model and runs it once, through the C
// library, so often one after the other. Prints the milliseconds of each (until it is open, until
// it has run), the bytes of the arena and of the most memory that was resident.
#include <goldcrest/goldcrest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "load/peak_memory.h"

namespace {

using Clock = std::chrono::steady_clock;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

int Fail(const goldcrest_error& error) {
  std::fprintf(stderr, "%s\n", error.message);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "goldcrest_load MODEL TIMES [OPTION VALUE]...\n");
    return 2;
  }
  goldcrest_error error{};
  const std::unique_ptr<goldcrest_options, decltype(&goldcrest_options_destroy)> options(
      goldcrest_options_create(), goldcrest_options_destroy);
  for (int i = 3; i + 1 < count; i += 2) {
    const auto set = goldcrest_options_set(options.get(), arguments[i], arguments[i + 1], &error);
    if (set != GOLDCREST_OK) return Fail(error);
  }
  for (int i = std::atoi(arguments[2]); i > 0; --i) {
    const Clock::time_point start = Clock::now();
    goldcrest_session* session = nullptr;
    if (goldcrest_session_open(arguments[1], options.get(), &session, &error) != GOLDCREST_OK) {
      return Fail(error);
    }
    const double opened = MillisecondsSince(start);
    goldcrest_session_run(session, nullptr);
    std::printf("milliseconds %.3f %.3f\n", opened, MillisecondsSince(start));
    if (i == 1) std::printf("arena_bytes %zu\n", goldcrest_session_arena_bytes(session));
    goldcrest_session_close(session);
  }
  goldcrest::bench::PrintPeakMemory();
  return 0;
}
