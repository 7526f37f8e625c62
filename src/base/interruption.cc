#include "base/interruption.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <utility>

namespace goldcrest::base {
namespace {

// A place belongs to whoever takes it out of kFree or kNamed: a path is never written or given up
// while a handler, which may run in any thread, reads it.
enum class Place : int { kFree, kTaken, kNamed, kRemoved };

struct File {
  std::atomic<Place> place{Place::kFree};
  char path[PATH_MAX];
};

constexpr size_t kMostFiles = 32;
std::array<File, kMostFiles> files;
static_assert(std::atomic<Place>::is_always_lock_free);

std::atomic<int> holders = 0;
std::atomic<int> held = 0;  // the signal
static_assert(std::atomic<int>::is_always_lock_free);

// Makes `from` `to`; false where it was something else.
bool Change(File& file, Place from, Place to) {
  return file.place.compare_exchange_strong(from, to);
}

// Calls only what a signal's handler may.
void OnSignal(int signal) {
  int none = 0;
  if (holders > 0 && held.compare_exchange_strong(none, signal)) return;
  for (File& file : files) {
    // What another thread's handler has begun to remove may still be there when this one ends all.
    bool named = Change(file, Place::kNamed, Place::kRemoved) || file.place == Place::kRemoved;
    if (named) ::unlink(file.path);
  }
  ::signal(signal, SIG_DFL);
  ::raise(signal);  // comes when this handler returns
}

}  // namespace

void RemoveFilesOnInterruption() {
  ::signal(SIGXFSZ, SIG_IGN);
  struct sigaction action{};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;  // for signals that are held
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before{};
    if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
}

HeldInterruption::HeldInterruption() { ++holders; }
HeldInterruption::~HeldInterruption() { --holders; }
int HeldInterruption::requested() { return held; }

RemovedOnInterruption::RemovedOnInterruption(const std::string& path) {
  if (path.size() >= PATH_MAX) return;  // no file can be made of it
  for (size_t i = 0; i < files.size() && place_ == kNoPlace; ++i) {
    if (!Change(files[i], Place::kFree, Place::kTaken)) continue;
    path.copy(files[i].path, path.size());
    files[i].path[path.size()] = '\0';
    files[i].place = Place::kNamed;
    place_ = i;
  }
}

RemovedOnInterruption::RemovedOnInterruption(RemovedOnInterruption&& other) noexcept
    : place_(std::exchange(other.place_, kNoPlace)) {}

RemovedOnInterruption::~RemovedOnInterruption() {
  if (place_ != kNoPlace) Change(files[place_], Place::kNamed, Place::kFree);
}

}  // namespace goldcrest::base
