#include "report/html.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "report/charts.h"

namespace goldcrest::report {
namespace {

TEST(Html, TextIsEscaped) {
  EXPECT_EQ(Escape("a<b>&\"c\"\n\x7f"), "a&lt;b&gt;&amp;&quot;c&quot;??");
  EXPECT_EQ(Escape("käse"), "käse");
  EXPECT_EQ(Escape("k\xe4se"), "k?se");
  EXPECT_EQ(HtmlTable({"a", "n"}, {{"<", "1"}}, 1),
            "<div class=\"wide\"><table>\n<tr><th>a</th><th class=\"n\">n</th></tr>\n"
            "<tr><td>&lt;</td><td class=\"n\">1</td></tr>\n</table></div>\n");
}

// Python's base64 of the same 58 bytes: a header, one row of one pixel, three bytes of it unused.
TEST(Html, ABitmapAsText) {
  constexpr std::array<uint8_t, 3> red = {255, 0, 1};
  EXPECT_EQ(BitmapUrl(1, 1, red),
            "data:image/bmp;base64,"
            "Qk06AAAAAAAAADYAAAAoAAAAAQAAAAEAAAABABgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQD/AA==");
}

TEST(Charts, NamesAreTextAndNumbersAreThere) {
  const std::string bars = ShareChart("c", {{"a/<m>.tflite", 0.566, 0.52, 0.61, 0}});
  EXPECT_NE(bars.find("&lt;m&gt;.tflite"), std::string::npos) << bars;
  EXPECT_EQ(bars.find("<m>"), std::string::npos);
  EXPECT_NE(bars.find("56.6 %"), std::string::npos);
  const std::string curve = DistributionChart("c", "x", {{"m", {0, 1e-9, 1, 1e9, NAN}, 0}});
  EXPECT_EQ(curve.find("nan"), std::string::npos);
  const std::string map = Heatmap("c", {"ant", "bee"}, [](size_t row, size_t column) {
    return row == column ? int64_t{3} : int64_t{0};
  });
  EXPECT_NE(map.find("ant → ant: 3"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::report
