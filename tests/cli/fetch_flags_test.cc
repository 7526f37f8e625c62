// Every command that takes lists fetches their URLs from this machine where it is told to.
#include <gtest/gtest.h>

#include "cli/train_fixture.h"
#include "support/http_server.h"

namespace goldcrest::cli {
namespace {

using testing::Ran;

using FetchFlags = testing::TrainFixture;

TEST_F(FetchFlags, AreTakenWhereverListsAre) {
  testing::HttpServer server([](const std::string& path, const testing::HttpServer::Send& send) {
    send(testing::HttpAnswer(testing::Disc(path[1] - '0', path[3] - '0')));
  });
  std::string list = "url,label\n";
  for (int i = 0; i < 6; ++i) {
    list += base::Cat(server.Url(base::Cat("/", i % 2, "/", i)), ",", i % 2, "\n");
  }
  const std::string urls = folder_.Write("urls.csv", list);
  const std::string pictures = folder_.File("data");
  const std::vector<std::vector<std::string>> commands = {
      {"data", "check", urls, "--min-side", "8"},
      {"train", urls, "--from", start_, "-o", folder_.File("x.keras"), "--epochs", "1",
       "--no-cache"},
      {"evaluate", start_, "--data", urls},
      {"compare", start_, start_, "--data", urls, "--runs", "1", "--rounds", "1"},
      {"quantize", start_, "-o", folder_.File("x.tflite"), "--to", "int8", "--calibration", urls},
      {"quantize", start_, "-o", folder_.File("x.tflite"), "--to", "int8", "--calibration",
       pictures, "--validate", urls},
      {"benchmark", start_, "--pictures", urls, "--min-secs", "0.01"},
  };
  auto run = [&](size_t command, const std::vector<std::string>& more) {
    // Each fetches anew.
    std::vector<std::string> line = {
        "env", base::Cat("XDG_CACHE_HOME=", folder_.File(base::Cat("fetched", command))),
        GOLDCREST_PROGRAM};
    line.insert(line.end(), commands[command].begin(), commands[command].end());
    line.insert(line.end(), more.begin(), more.end());
    return testing::RunCommand(line);
  };
  for (size_t i = 0; i < commands.size(); ++i) {
    const Ran refused = run(i, {});
    EXPECT_EQ(refused.exit_code, 1) << base::Join(commands[i], " ") << "\n" << refused.err;
    EXPECT_NE((refused.out + refused.err).find("--allow-private-addresses"), std::string::npos)
        << base::Join(commands[i], " ") << "\n"
        << refused.out << refused.err;
  }
  EXPECT_EQ(server.requests(), 0);
  for (size_t i = 0; i < commands.size(); ++i) {
    const int before = server.requests();
    const Ran allowed = run(i, {"--allow-private-addresses", "--fetch-timeout", "20"});
    EXPECT_EQ(allowed.exit_code, 0) << base::Join(commands[i], " ") << "\n" << allowed.err;
    EXPECT_GE(server.requests() - before, 6) << base::Join(commands[i], " ");
  }
  EXPECT_EQ(testing::RunProgram({"benchmark", start_, "--allow-private-addresses"}).exit_code, 2);
}

}  // namespace
}  // namespace goldcrest::cli
