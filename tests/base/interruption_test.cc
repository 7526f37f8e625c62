#include "base/interruption.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <utility>

#include "base/file.h"
#include "support/temporary.h"

namespace goldcrest::base {
namespace {

using testing::TemporaryFolder;

// The signal that ends a child process which does `work`; 0 where none does.
int EndedBy(const std::function<void()>& work) {
  pid_t child = ::fork();
  if (child == 0) {
    for (int each : {SIGINT, SIGTERM, SIGHUP}) ::signal(each, SIG_DFL);
    work();
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

class Interruption : public ::testing::TestWithParam<int> {};

TEST_P(Interruption, RemovesUnfinishedFilesAndEndsTheProcess) {
  TemporaryFolder folder;
  EXPECT_EQ(EndedBy([&] {
              RemoveFilesOnInterruption();
              auto first = AtomicFile::Create(folder.File("a"));
              auto second = AtomicFile::Create(folder.File("b"));
              auto committed = AtomicFile::Create(folder.File("c"));
              bool written = first && first->Write(AsBytes("half")) && second && committed &&
                             committed->Commit();
              // Files that are gone make room for others.
              for (int i = 0; i < 100; ++i) written &= !!WriteFile(folder.File("d"), {});
              AtomicFile moved = *std::move(second);
              if (!written) ::_exit(1);
              ::kill(::getpid(), GetParam());
            }),
            GetParam());
  EXPECT_EQ(folder.file_count(), 2);  // c and d
}

// Without a handler the file stays: what the test above sees is the handler's work.
TEST_P(Interruption, IsTheProgramsToAskFor) {
  TemporaryFolder folder;
  EXPECT_EQ(EndedBy([&] {
              auto file = AtomicFile::Create(folder.File("a"));
              ::kill(::getpid(), GetParam());
            }),
            GetParam());
  EXPECT_EQ(folder.file_count(), 1);
}

TEST_P(Interruption, IgnoredSignalsStayIgnored) {
  EXPECT_EQ(EndedBy([] {
              ::signal(GetParam(), SIG_IGN);
              RemoveFilesOnInterruption();
              ::kill(::getpid(), GetParam());
            }),
            0);
}

INSTANTIATE_TEST_SUITE_P(Signals, Interruption, ::testing::Values(SIGINT, SIGTERM, SIGHUP));

}  // namespace
}  // namespace goldcrest::base
