// CHECK(condition): our own invariants, unreachable from any input. Prints where, and aborts.
#pragma once

#include <cstdio>
#include <cstdlib>

#define GOLDCREST_CHECK(condition)                                                         \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      std::fprintf(stderr, "%s:%d: internal error: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                        \
    }                                                                                      \
  } while (false)
