#include "cli/program.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/check.h"
#include "base/strings.h"
#include "support/temporary.h"

namespace goldcrest::testing {

namespace {

// A command in a child process, its output going to these files.
pid_t Start(const std::vector<std::string>& command, const std::string& out,
            const std::string& err) {
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t child = ::fork();
  GOLDCREST_CHECK(child >= 0);
  if (child == 0) {
    for (int signal : {SIGHUP, SIGINT, SIGTERM}) ::signal(signal, SIG_DFL);  // as a shell has them
    bool redirected = std::freopen(out.c_str(), "w", stdout) != nullptr &&
                      std::freopen(err.c_str(), "w", stderr) != nullptr;
    if (redirected) ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  return child;
}

int ExitCode(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// VmHWM of a process that has become the program; before and after that 0.
int64_t PeakBytesNow(pid_t process) {
  const std::string folder = base::Cat("/proc/", process);
  std::error_code error;
  const auto program = std::filesystem::read_symlink(folder + "/exe", error);
  if (error || program != std::filesystem::canonical(GOLDCREST_PROGRAM)) return 0;
  const std::string status = ReadAll(folder + "/status");
  const size_t at = status.find("VmHWM:");
  return at == std::string::npos ? 0 : std::atoll(status.c_str() + at + 6) * 1024;
}

// The command that runs the program.
std::vector<std::string> ProgramWith(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {GOLDCREST_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace

Ran RunCommand(const std::vector<std::string>& command) {
  TemporaryFolder folder;
  std::string out = folder.File("out");
  std::string err = folder.File("err");
  pid_t child = Start(command, out, err);
  int status = 0;
  GOLDCREST_CHECK(::waitpid(child, &status, 0) == child);
  return {ExitCode(status), ReadAll(out), ReadAll(err)};
}

Ran RunProgram(const std::vector<std::string>& arguments) {
  return RunCommand(ProgramWith(arguments));
}

Ran RunProgramWatched(const std::vector<std::string>& arguments, int64_t& peak_bytes) {
  TemporaryFolder folder;
  std::string out = folder.File("out");
  std::string err = folder.File("err");
  pid_t child = Start(ProgramWith(arguments), out, err);
  peak_bytes = 0;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    peak_bytes = std::max(peak_bytes, PeakBytesNow(child));
    ::usleep(200);
  }
  return {ExitCode(status), ReadAll(out), ReadAll(err)};
}

Ran RunProgramInterrupted(const std::vector<std::string>& arguments, int signal,
                          const std::function<bool()>& when) {
  TemporaryFolder folder;
  std::string out = folder.File("out");
  std::string err = folder.File("err");
  pid_t child = Start(ProgramWith(arguments), out, err);
  int status = 0;
  bool sent = false;
  while (::waitpid(child, &status, sent ? 0 : WNOHANG) == 0) {
    if (!when()) continue;
    ::kill(child, signal);
    sent = true;
  }
  return {ExitCode(status), ReadAll(out), ReadAll(err)};
}

}  // namespace goldcrest::testing
