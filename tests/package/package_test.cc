// `cmake --install` makes what an outside project finds: by find_package, and by pkg-config.
#include <gtest/gtest.h>

#include <filesystem>

#include "api/color_model.h"
#include "base/file.h"
#include "cli/program.h"
#include "support/temporary.h"

namespace goldcrest {
namespace {

using testing::Ran;
using testing::RunCommand;

class Package : public ::testing::Test {
 protected:
  Package() {
    Ran ran = RunCommand({"cmake", "--install", GOLDCREST_BUILD_FOLDER, "--prefix", prefix_});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    model_ = folder_.Write("m.tflite", base::AsText(testing::ColorModel()));
  }

  void ExpectUse(const std::string& program) const {
    Ran ran = RunCommand({program, model_});
    EXPECT_EQ(ran.exit_code, 0) << program << ran.err;
    EXPECT_EQ(ran.out, "0.1.0 red 2\n") << program;
    ran = RunCommand({program, folder_.File("none.tflite")});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.out.starts_with("error: reading ")) << ran.out;
  }

  const std::string sanitize_ = GOLDCREST_SANITIZE_FLAGS;
  testing::TemporaryFolder folder_;
  std::string prefix_ = folder_.File("prefix");
  std::string model_;
};

TEST_F(Package, FoundByCMake) {
  std::string build = folder_.File("build");
  Ran ran = RunCommand({"cmake", "-S", GOLDCREST_SOURCE_FOLDER "/tests/package", "-B", build,
                        "-DCMAKE_PREFIX_PATH=" + prefix_, "-DCMAKE_BUILD_TYPE=Release",
                        "-DCMAKE_C_FLAGS=-Wall -Wextra -pedantic -Werror " + sanitize_,
                        "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror " + sanitize_});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  ran = RunCommand({"cmake", "--build", build});
  ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  for (const char* name : {"c_shared", "c_static", "cpp_shared", "cpp_static"}) {
    ExpectUse(build + "/" + name);
  }
}

// The installed tree may be moved; a C program needs no C++ compiler to link the static library.
TEST_F(Package, FoundByPkgConfig) {
  std::string moved = folder_.File("moved");
  std::filesystem::rename(prefix_, moved);
  const std::string use = GOLDCREST_SOURCE_FOLDER "/tests/package/use.c";
  auto compile = [&](const std::string& library, const std::string& out) {
    std::string script = base::Cat("export PKG_CONFIG_PATH=$(dirname $(find ", moved,
                                   " -name goldcrest.pc)); cc ", sanitize_, " -std=c99 -o ", out,
                                   " ", use, " $(pkg-config --cflags goldcrest) ", library);
    return RunCommand({"sh", "-ec", script});
  };
  std::string shared = folder_.File("by_pkg_config");
  Ran ran = compile(
      "$(pkg-config --libs goldcrest) "
      "-Wl,-rpath,$(pkg-config --variable=libdir goldcrest)",
      shared);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  ExpectUse(shared);
  std::string linked = folder_.File("by_pkg_config_static");
  ran = compile(
      "-Wl,-Bstatic $(pkg-config --libs goldcrest) -Wl,-Bdynamic "
      "$(pkg-config --static --libs goldcrest | sed 's/-lgoldcrest//')",
      linked);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  ExpectUse(linked);
}

}  // namespace
}  // namespace goldcrest
