#include "base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/file.h"

namespace goldcrest::base {
namespace {

// Sanitizers reserve terabytes of addresses, which a limit would refuse.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitMemory = false;
#elif defined(__has_feature)
constexpr bool kLimitMemory = !__has_feature(address_sanitizer);
#else
constexpr bool kLimitMemory = true;
#endif

// Addresses that this process has taken so far.
uint64_t AddressSpaceBytes() {
  uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

void Limit(int resource, uint64_t most) {
  rlimit limit{};
  ::getrlimit(resource, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, most);
  ::setrlimit(resource, &limit);
}

// Handlers that a program has for its own crashes and timers are not for ours.
void ResetSignals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Ends this process by a signal once it has computed for so long.
void LimitProcessorTime(std::chrono::milliseconds most) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(most);
  const std::chrono::microseconds rest = most - seconds;
  const itimerval timer{.it_interval = {},
                        .it_value = {.tv_sec = seconds.count(), .tv_usec = rest.count()}};
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

[[noreturn]] void RunChild(int descriptor, const ChildLimits& limits,
                           const std::function<void(Channel&)>& body) {
  ResetSignals();
  LimitProcessorTime(limits.processor_time);
  Limit(RLIMIT_CORE, 0);
  if (kLimitMemory) Limit(RLIMIT_AS, AddressSpaceBytes() + limits.memory_bytes);
  int null = ::open("/dev/null", O_WRONLY);
  if (null >= 0) ::dup2(null, STDERR_FILENO);
  Channel channel(descriptor);
  body(channel);
  ::_exit(0);
}

}  // namespace

bool Channel::WaitFor(short event) const {
  if (patience_.count() < 0) return true;
  pollfd waiting{descriptor_, event, 0};
  int ready = 0;
  do {
    ready = ::poll(&waiting, 1, static_cast<int>(patience_.count()));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

bool Channel::Send(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (!WaitFor(POLLOUT)) return false;
    ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return true;
}

bool Channel::Receive(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    if (!WaitFor(POLLIN)) return false;
    ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return true;
}

bool Channel::SendText(std::string_view text) {
  return SendNumber(static_cast<uint32_t>(text.size())) && Send(AsBytes(text));
}

bool Channel::ReceiveText(std::string& text, uint32_t longest) {
  uint32_t size = 0;
  if (!ReceiveNumber(size) || size > longest) return false;
  text.resize(size);
  return Receive(std::as_writable_bytes(std::span(text.data(), text.size())));
}

Result<ChildProcess> ChildProcess::Start(const ChildLimits& limits,
                                         const std::function<void(Channel&)>& body) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return Fail(ErrorCode::kIo, "no connection to a child process: ", std::strerror(errno));
  }
  pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    RunChild(ends[1], limits, body);
  }
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return Fail(ErrorCode::kIo, "no child process: ", std::strerror(errno));
  }
  ChildProcess process(child, ends[0]);
  process.channel_.set_patience(limits.patience);
  return process;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : child_(std::exchange(other.child_, -1)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      channel_(other.channel_) {}

ChildProcess::~ChildProcess() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (child_ < 0) return;
  ::kill(child_, SIGKILL);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace goldcrest::base
