// goldcrest data check.
#include <gtest/gtest.h>
#include <png.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/http_server.h"
#include "support/picture_files.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::MakeJpeg;
using testing::Noise;
using testing::Ran;
using testing::RunProgram;

std::string NoisyJpeg(uint64_t seed) { return MakeJpeg(40, 40, false, Noise(seed)); }

// The same pixels in other bytes: a comment behind the first marker.
std::string Commented(const std::string& jpeg) {
  return jpeg.substr(0, 2) + std::string("\xff\xfe\0\x06note", 8) + jpeg.substr(2);
}

class DataCheckTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(folder_.File(name)).parent_path());
    folder_.Write(name, bytes);
  }
  json Check(int exit_code, const std::string& name = "") const {
    const Ran ran = RunProgram({"data", "check", folder_.File(name), "--json"});
    EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
    return json::parse(ran.out);
  }
  json Paths(const std::vector<std::string>& names) const {
    json paths = json::array();
    for (const std::string& name : names) paths.push_back(folder_.File(name));
    return paths;
  }
  static json Files(const json& findings) {
    json files = json::array();
    for (const json& finding : findings) files.push_back(finding["file"]);
    return files;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(DataCheckTest, AFolderWithoutFaultsHasNoFindings) {
  for (int i = 0; i < 3; ++i) {
    Write("ant/" + std::to_string(i) + ".jpg", NoisyJpeg(1 + static_cast<uint64_t>(i)));
    Write("bee/" + std::to_string(i), NoisyJpeg(10 + static_cast<uint64_t>(i)));  // no extension
  }
  const json check = Check(0);
  EXPECT_EQ(check["pictures"], 6);
  EXPECT_EQ(check["classes"],
            json::parse(R"([{"name": "ant", "training": 3, "validation": 0, "broken": 0},
                            {"name": "bee", "training": 3, "validation": 0, "broken": 0}])"));
  EXPECT_EQ(check["uneven"], 1);
  EXPECT_EQ(check["formats"], json::parse(R"({"JPEG": 6})"));
  for (const char* list : {"empty_classes", "broken", "misnamed", "mislabelled", "leaked",
                           "duplicates", "tiny", "stretched", "left_out"}) {
    EXPECT_EQ(check[list], json::array()) << list;
  }
}

TEST_F(DataCheckTest, FindsWhatIsWrong) {
  Write("ant/a.jpg", NoisyJpeg(1));
  Write("ant/again.jpg", Commented(NoisyJpeg(1)));
  Write("ant/cut.jpg", NoisyJpeg(2).substr(0, 900));
  Write("ant/text.jpg", "no picture");
  Write("ant/really.png", NoisyJpeg(3));
  Write("bee/b.jpg", Commented(NoisyJpeg(3)));
  Write("bee/tiny.png", testing::MakePng(31, 40, PNG_COLOR_TYPE_RGB_ALPHA, 8, false));
  Write("bee/long.png", testing::MakePng(170, 40, PNG_COLOR_TYPE_GRAY, 8, false));
  Write("bee/four.png", testing::MakePng(160, 40, PNG_COLOR_TYPE_RGB, 8, false));
  Write("bee/moves.gif", "GIF89a and so on");
  Write("wasp/notes.txt", "none yet");
  Write(".hidden/x.jpg", "no picture");
  const json check = Check(1);
  EXPECT_EQ(check["pictures"], 9);
  EXPECT_EQ(Files(check["broken"]), Paths({"ant/cut.jpg", "ant/text.jpg"}));
  const std::string reason = check["broken"][0]["what"];
  EXPECT_TRUE(reason.starts_with("the JPEG is damaged or cut short: ")) << reason;
  EXPECT_EQ(Files(check["misnamed"]), Paths({"ant/really.png"}));
  EXPECT_EQ(check["misnamed"][0]["what"], "is a JPEG");
  EXPECT_EQ(check["mislabelled"], json::array({Paths({"ant/really.png", "bee/b.jpg"})}));
  EXPECT_EQ(check["duplicates"], json::array({Paths({"ant/a.jpg", "ant/again.jpg"})}));
  EXPECT_EQ(Files(check["tiny"]), Paths({"bee/tiny.png"}));
  EXPECT_EQ(check["tiny"][0]["what"], "31 x 40 pixels");
  EXPECT_EQ(Files(check["stretched"]), Paths({"bee/long.png"}));
  EXPECT_EQ(check["left_out"], Paths({"bee/moves.gif", "wasp/notes.txt"}));
  EXPECT_EQ(check["empty_classes"], Paths({"wasp"}));
  EXPECT_EQ(check["gray"], 1);
  EXPECT_EQ(check["alpha"], 1);
  EXPECT_EQ(check["classes"][0]["broken"], 2);

  const Ran ran = RunProgram({"data", "check", folder_.File("")});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.err, "goldcrest: error: 2 of 9 pictures cannot be read\n");
  EXPECT_NE(ran.out.find("broken, cannot be read: 2\n"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("mislabelled, the same picture in more than one class: 1\n"),
            std::string::npos);
  EXPECT_NE(ran.out.find("class  pictures  broken\n"), std::string::npos);
}

TEST_F(DataCheckTest, PicturesOfBothSidesOfASplitLeak) {
  Write("train/ant/a.jpg", NoisyJpeg(1));
  Write("train/bee/b.jpg", NoisyJpeg(2));
  Write("train/bee/e.jpg", NoisyJpeg(5));
  Write("val/ant/c.jpg", Commented(NoisyJpeg(1)));
  Write("val/bee/d.jpg", NoisyJpeg(3));
  const json check = Check(0);
  EXPECT_EQ(check["leaked"], json::array({Paths({"train/ant/a.jpg", "val/ant/c.jpg"})}));
  EXPECT_EQ(check["classes"][1],
            json::parse(R"({"name": "bee", "training": 2, "validation": 1, "broken": 0})"));
  EXPECT_EQ(check["uneven"], 2);
}

TEST_F(DataCheckTest, ListsAndRecordsAreCheckedToo) {
  Write("a.jpg", NoisyJpeg(1));
  Write("list.csv", "path,label\na.jpg,ant\nnone.jpg,bee\n");
  json check = Check(1, "list.csv");
  EXPECT_EQ(Files(check["broken"]), Paths({"none.jpg"}));
  EXPECT_TRUE(std::string(check["broken"][0]["what"]).starts_with("there is no such file"));

  std::string cifar;
  for (int i = 0; i < 3; ++i)
    cifar += std::string(1, static_cast<char>(i)) + std::string(3072, 'x');
  Write("batch.bin", cifar);
  check = Check(0, "batch.bin");
  EXPECT_EQ(check["pictures"], 3);
  EXPECT_EQ(check["mislabelled"][0].size(), 3U);
  EXPECT_EQ(check["formats"], json::object());
}

TEST_F(DataCheckTest, UrlsOfThisMachineAreFetchedWhereThatIsAllowed) {
  testing::HttpServer server([](const std::string& path, const testing::HttpServer::Send& send) {
    send(testing::HttpAnswer(path == "/gone" ? "" : NoisyJpeg(1),
                             path == "/gone" ? "410 Gone" : "200 OK"));
  });
  Write("list.csv", "url,label\n" + server.Url("/a") + ",ant\n" + server.Url("/gone") + ",bee\n");
  ASSERT_EQ(::setenv("XDG_CACHE_HOME", folder_.File("cache").c_str(), 1), 0);
  const std::vector<std::string> arguments = {"data", "check", folder_.File("list.csv"), "--json"};
  auto broken = [](const std::vector<std::string>& flags) {
    const Ran ran = RunProgram(flags);
    EXPECT_EQ(ran.exit_code, 1);
    std::vector<std::string> what;
    const json check = json::parse(ran.out);
    for (const json& finding : check["broken"]) what.push_back(finding["what"]);
    return what;
  };
  const std::vector<std::string> refused = broken(arguments);
  ASSERT_EQ(refused.size(), 2U);
  EXPECT_NE(refused[0].find("--allow-private-addresses"), std::string::npos) << refused[0];
  EXPECT_EQ(server.requests(), 0);
  std::vector<std::string> allowing = arguments;
  allowing.emplace_back("--allow-private-addresses");
  EXPECT_EQ(broken(allowing), std::vector<std::string>{"fetching it › the server answered 410"});
  ASSERT_EQ(::unsetenv("XDG_CACHE_HOME"), 0);
}

TEST_F(DataCheckTest, ErrorsSayWhatToDo) {
  auto error = [](const std::vector<std::string>& arguments, int exit_code) {
    const Ran ran = RunProgram(arguments);
    EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
    return ran.err;
  };
  EXPECT_NE(error({"data"}, 2).find("see goldcrest data --help"), std::string::npos);
  EXPECT_NE(error({"data", "check"}, 2).find("data is missing: what train takes"),
            std::string::npos);
  EXPECT_NE(error({"data", "check", "x", "--jsn"}, 2)
                .find("unknown flag --jsn; did you mean --json?; see goldcrest data check --help"),
            std::string::npos);
  EXPECT_NE(error({"data", "check", folder_.File("nowhere")}, 1).find("there is no such file"),
            std::string::npos);
  EXPECT_NE(error({"data", "check", folder_.File("")}, 1).find("hold no pictures"),
            std::string::npos);
}

}  // namespace
}  // namespace goldcrest::cli
