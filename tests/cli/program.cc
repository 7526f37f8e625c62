#include "cli/program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "base/check.h"
#include "support/temporary.h"

namespace goldcrest::testing {

Ran RunProgram(const std::vector<std::string>& arguments) {
  TemporaryFolder folder;
  std::string out = folder.File("out");
  std::string err = folder.File("err");
  std::vector<char*> argv = {const_cast<char*>(GOLDCREST_PROGRAM)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t child = ::fork();
  GOLDCREST_CHECK(child >= 0);
  if (child == 0) {
    bool redirected = std::freopen(out.c_str(), "w", stdout) != nullptr &&
                      std::freopen(err.c_str(), "w", stderr) != nullptr;
    if (redirected) ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  GOLDCREST_CHECK(::waitpid(child, &status, 0) == child);
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, ReadAll(out), ReadAll(err)};
}

}  // namespace goldcrest::testing
