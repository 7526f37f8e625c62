// The examples of examples/ name a picture as `goldcrest classify` does.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "data/pictures.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::SharedFile;

std::string WritePpm(const testing::TemporaryFolder& folder, const std::string& jpeg) {
  auto rows = data::OpenPicture(jpeg, {});
  EXPECT_TRUE(rows);
  const int64_t width = (*rows)->width();
  std::string ppm = base::Cat("P6\n", width, " ", (*rows)->height(), "\n255\n");
  for (int64_t y = 0; y < (*rows)->height(); ++y) {
    auto row = (*rows)->NextRow();
    EXPECT_TRUE(row);
    ppm.append(reinterpret_cast<const char*>(*row), static_cast<size_t>(width * 3));
  }
  return folder.Write("picture.ppm", ppm);
}

TEST(Examples, ClassifyAsTheProgramDoes) {
  REQUIRE_SHARED();
  testing::TemporaryFolder folder;
  std::string model = folder.File("m.tflite");
  Ran ran =
      testing::RunProgram({"convert", SharedFile("models/keras_mobilenet_v1_025_224.h5"), "-o",
                           model, "--labels", SharedFile("models/imagenet_labels.txt")});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  for (const char* name : {"000_n01440764.jpg", "500_n03042490.jpg"}) {
    std::string picture = SharedFile("images/imagenet/" + std::string(name));
    ran = testing::RunProgram({"classify", model, picture, "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const json classified = json::parse(ran.out);
    std::string expected;
    for (const json& best : classified["top"]) {
      expected += base::Cat(base::Fixed(best["score"].get<float>(), 6), " ",
                            best["label"].get<std::string>(), "\n");
    }
    std::string ppm = WritePpm(folder, picture);
    for (const char* example : {GOLDCREST_EXAMPLE_C, GOLDCREST_EXAMPLE_CC}) {
      ran = testing::RunCommand({example, model, ppm});
      EXPECT_EQ(ran.exit_code, 0) << ran.err;
      EXPECT_EQ(ran.out, expected) << example;
    }
  }
}

TEST(Examples, SayWhatIsWrong) {
  testing::TemporaryFolder folder;
  std::string ppm = folder.Write("p.ppm", std::string("P6\n1 1\n255\n") + "rgb");
  std::string cut = folder.Write("c.ppm", "P6\n2 1\n255\nrgb");
  for (const char* example : {GOLDCREST_EXAMPLE_C, GOLDCREST_EXAMPLE_CC}) {
    Ran ran = testing::RunCommand({example, folder.File("none.tflite"), ppm});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_NE(ran.err.find("there is no such file"), std::string::npos) << ran.err;
    EXPECT_EQ(testing::RunCommand({example, "m.tflite", cut}).exit_code, 1);
    EXPECT_EQ(testing::RunCommand({example}).exit_code, 2);
  }
}

}  // namespace
}  // namespace goldcrest::cli
