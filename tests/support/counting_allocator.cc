#include "support/counting_allocator.h"

#include <malloc.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <limits>

namespace {

std::atomic<int64_t> allocations{0};
std::atomic<int64_t> live{0};
std::atomic<int64_t> peak{0};

void CountAllocated(size_t bytes) {
  ++allocations;
  const int64_t now = live += static_cast<int64_t>(bytes);
  int64_t before = peak;
  while (before < now && !peak.compare_exchange_weak(before, now)) {
  }
}

void CountFreed(size_t bytes) { live -= static_cast<int64_t>(bytes); }

}  // namespace

#if GOLDCREST_SANITIZED

// GCC ships no header for them.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                           size_t),
                                                         void (*on_free)(const volatile void*));
extern "C" size_t __sanitizer_get_allocated_size(const volatile void* memory);

namespace {
// The sanitizer checks that what is freed was allocated alike, so its functions stay.
[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, size_t size) { CountAllocated(size); },
    [](const volatile void* memory) {
      if (memory != nullptr) CountFreed(__sanitizer_get_allocated_size(memory));
    });
}  // namespace

#else

// The C library's functions, under the names that they have for those who replace them.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* memory);
}

namespace {
constexpr int64_t kNeverFail = std::numeric_limits<int64_t>::max();
std::atomic<int64_t> allocations_left{kNeverFail};

bool Fails() {
  const bool fails = allocations_left != kNeverFail && allocations_left-- <= 0;
  if (fails) errno = ENOMEM;
  return fails;
}

void* Counted(void* memory) {
  if (memory != nullptr) CountAllocated(malloc_usable_size(memory));
  return memory;
}
}  // namespace

extern "C" {
void* malloc(size_t size) { return Fails() ? nullptr : Counted(__libc_malloc(size)); }
void* calloc(size_t count, size_t size) {
  return Fails() ? nullptr : Counted(__libc_calloc(count, size));
}
void* realloc(void* memory, size_t size) {
  if (Fails()) return nullptr;
  const size_t before = memory == nullptr ? 0 : malloc_usable_size(memory);
  void* moved = __libc_realloc(memory, size);
  if (moved != nullptr || size == 0) CountFreed(before);
  return Counted(moved);
}
void* memalign(size_t alignment, size_t size) {
  return Fails() ? nullptr : Counted(__libc_memalign(alignment, size));
}
void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void** memory, size_t alignment, size_t size) {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
void free(void* memory) {
  if (memory != nullptr) CountFreed(malloc_usable_size(memory));
  __libc_free(memory);
}
}

goldcrest::testing::FailingAllocations::FailingAllocations(int64_t after) {
  allocations_left = after;
}
goldcrest::testing::FailingAllocations::~FailingAllocations() { allocations_left = kNeverFail; }

#endif

namespace goldcrest::testing {

int64_t AllocationCount() { return allocations; }
int64_t LiveBytes() { return live; }
int64_t PeakBytes() { return peak; }
void ResetPeak() { peak = live.load(); }

}  // namespace goldcrest::testing
