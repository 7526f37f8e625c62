// goldcrest fetch, from a server on this machine.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "base/file.h"
#include "cli/program.h"
#include "pipeline/catalogue.h"
#include "support/http_server.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

using testing::HttpAnswer;
using testing::HttpServer;
using testing::Ran;
using testing::RunProgram;
using testing::TemporaryFolder;

const std::string kHdf5 = "\x89HDF\r\n\x1a\n and what follows";

TEST(FetchList, SaysWhereEachIsFrom) {
  const Ran ran = RunProgram({"fetch", "--list"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  for (const char* name :
       {"mobilenet_v1_0.25_128 ", "mobilenet_v2_1.4_224_no_top ",
        "mobilenet_v3_small_minimalistic_1.0_224 ", "slim_mobilenet_v1_0.25_128_quant "}) {
    EXPECT_NE(ran.out.find(name), std::string::npos) << name;
  }
  EXPECT_NE(ran.out.find("unverified"), std::string::npos);
  EXPECT_NE(ran.out.find("keras/src/applications/mobilenet_v3.py"), std::string::npos);
  const Ran as_json = RunProgram({"fetch", "--list", "v3_large_1.0", "--json"});
  const auto entries = nlohmann::json::parse(as_json.out);
  ASSERT_EQ(entries.size(), 2);
  EXPECT_EQ(entries[0]["name"], "mobilenet_v3_large_1.0_224");
  EXPECT_EQ(entries[0]["url"],
            "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v3/"
            "weights_mobilenet_v3_large_224_1.0_float.h5");
  EXPECT_EQ(entries[0]["digest"], "MD5 59e551e166be033d707958cf9e29a6a7");
  EXPECT_EQ(entries[0]["verified"], false);
}

TEST(FetchList, EntriesAreWhole) {
  std::set<std::string> names;
  std::set<std::string> urls;
  for (const pipeline::CatalogueEntry& entry : pipeline::Catalogue()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_TRUE(urls.insert(entry.url()).second) << entry.url();
    EXPECT_TRUE(
        std::regex_match(entry.source, std::regex("[a-z-]+/[a-z-]+ [a-zA-Z0-9_/]+\\.(py|md)")))
        << entry.source;
    EXPECT_TRUE(entry.base.ends_with('/')) << entry.base;
    EXPECT_EQ(entry.is_archive(), entry.file.ends_with(".tgz")) << entry.file;
    if (entry.digest) {
      EXPECT_TRUE(net::ParseDigest(entry.digest->hex)) << entry.name;
    }
  }
  EXPECT_EQ(names.size(), 32 + 44 + 12 + 32 + 22);
}

class FetchCli : public ::testing::Test {
 protected:
  std::string Output() const { return folder_.File("out.h5"); }
  Ran Fetch(const std::string& what, const std::vector<std::string>& flags = {}) {
    std::vector<std::string> line = {"fetch",         what,    "-o",        Output(),
                                     "--retry-pause", "0.001", "--retries", "1"};
    line.insert(line.end(), flags.begin(), flags.end());
    return RunProgram(line);
  }
  void ExpectRefused(const Ran& ran, int exit_code, const std::string& part) {
    EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
    EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(Output()));
    EXPECT_FALSE(std::filesystem::exists(Output() + ".part"));
  }

  TemporaryFolder folder_;
  HttpServer server_{[](const std::string& path, const HttpServer::Send& send) {
    if (path.ends_with("busy")) {
      send(HttpAnswer("a page", "503 Service Unavailable"));
    } else {
      send(HttpAnswer(path.starts_with("/page") ? "<html>" : kHdf5));
    }
  }};
};

TEST_F(FetchCli, Addresses) {
  const Ran ran = Fetch(server_.Url("/model.h5"));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const std::string sha256 = net::DigestOf(net::DigestKind::kSha256, base::AsBytes(kHdf5)).hex;
  EXPECT_NE(ran.out.find("SHA-256   " + sha256), std::string::npos) << ran.out;
  EXPECT_NE(ran.err.find("no digest was given"), std::string::npos) << ran.err;
  const Ran checked = Fetch(server_.Url("/model.h5"), {"--sha256", sha256, "--json"});
  ASSERT_EQ(checked.exit_code, 0) << checked.err;
  const auto report = nlohmann::json::parse(checked.out);
  EXPECT_EQ(report["tries"], 0);
  EXPECT_EQ(report["digest"], "SHA-256 " + sha256);
  std::filesystem::remove(Output());
  ExpectRefused(Fetch(server_.Url("/model.h5"), {"--sha256", std::string(64, '0')}), 1,
                "its SHA-256 is " + sha256);
  ExpectRefused(Fetch(server_.Url("/model.h5"), {"--md5", std::string(32, '0')}), 1, "its MD5 is");
  ExpectRefused(Fetch(server_.Url("/model.h5"), {"--sha256", "12"}), 2, "is no digest");
  ExpectRefused(Fetch(server_.Url("/busy")), 1, "the server answered 503, at try 2");
  ExpectRefused(Fetch(server_.Url("/model.h5"), {"--max-size", "10B"}), 1,
                "it is larger than 10 bytes");
  EXPECT_EQ(Fetch(server_.Url("/model.h5"), {"--max-size", "1KB"}).exit_code, 0);
}

TEST_F(FetchCli, NamesByAMirror) {
  const Ran ran = Fetch("mobilenet_v1_0.25_128_no_top", {"--mirror", server_.Url("/copies")});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.out.find("/copies/mobilenet_2_5_128_tf_no_top.h5"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("--architecture mobilenet_v1 --alpha 0.25 --size 128 --no-top"),
            std::string::npos)
      << ran.out;
  EXPECT_NE(ran.err.find("unverified: 'mobilenet_v1_0.25_128_no_top'"), std::string::npos)
      << ran.err;
  EXPECT_NE(ran.err.find("its makers state no digest"), std::string::npos) << ran.err;
  std::filesystem::remove(Output());
  // What its makers state of the file.
  ExpectRefused(Fetch("mobilenet_v3_small_1.0_224", {"--mirror", server_.Url("/")}), 1,
                "not 8768d4c2e7dee89b9d02b2d03d65d862");
  ExpectRefused(Fetch("mobilenet_v1_1.0_224", {"--mirror", server_.Url("/page")}), 1,
                "what came is no HDF5 file");
  ExpectRefused(Fetch("slim_mobilenet_v1_1.0_224", {"--mirror", server_.Url("/")}), 1,
                "what came is no gzip archive");
}

TEST_F(FetchCli, MistakesAreNamed) {
  ExpectRefused(Fetch("mobilenet_v1_0.25_129"), 2, "did you mean mobilenet_v1_0.25_12");
  ExpectRefused(RunProgram({"fetch"}), 2, "name a model or an http(s) address");
  ExpectRefused(RunProgram({"fetch", server_.Url("/")}), 2, "name the file with -o");
  ExpectRefused(Fetch(server_.Url("/x.h5"), {"--mirror", server_.Url("/")}), 2,
                "--mirror goes with names");
  ExpectRefused(Fetch(server_.Url("/x.h5"),
                      {"--md5", std::string(32, '0'), "--sha256", std::string(64, '0')}),
                2, "not both");
}

}  // namespace
}  // namespace goldcrest::cli
