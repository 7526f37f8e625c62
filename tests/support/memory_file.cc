#include "support/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"

#if defined(__SANITIZE_ADDRESS__)
#define GOLDCREST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GOLDCREST_ASAN 1
#endif
#endif

#if defined(GOLDCREST_ASAN)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size)
#define ASAN_UNPOISON_MEMORY_REGION(address, size)
#endif

namespace goldcrest::testing {

std::shared_ptr<const base::MappedFile> MapBytes(std::string_view bytes) {
  const int descriptor = ::memfd_create("bytes", 0);
  GOLDCREST_CHECK(descriptor >= 0);
  while (!bytes.empty()) {
    ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    GOLDCREST_CHECK(count > 0);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  auto file = base::MappedFile::Open(base::Cat("/proc/self/fd/", descriptor));
  GOLDCREST_CHECK(file.has_value());
  ::close(descriptor);
  // The rest of the last page.
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  [[maybe_unused]] const std::byte* end = (*file)->bytes().data() + (*file)->bytes().size();
  [[maybe_unused]] const size_t rest = (page - (*file)->bytes().size() % page) % page;
  ASAN_POISON_MEMORY_REGION(end, rest);
  return {file->get(), [file = *file, end, rest](const base::MappedFile*) {
            ASAN_UNPOISON_MEMORY_REGION(end, rest);
          }};
}

}  // namespace goldcrest::testing
