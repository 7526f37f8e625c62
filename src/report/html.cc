#include "report/html.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/strings.h"

namespace goldcrest::report {
namespace {

using base::Cat;

// Colours of series: blue, orange, green, purple, red, teal of equal weight on either ground.
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ground:#fff;--ink:#1c1e21;--muted:#667;--line:#d8dce2;--card:#f6f7f9;
--s0:#2563c9;--s1:#c8590b;--s2:#1f7a45;--s3:#7b3fb5;--s4:#b8263d;--s5:#0c7488;--heat:37,99,201}
@media(prefers-color-scheme:dark){:root{--ground:#15171a;--ink:#e7e9ec;--muted:#9aa3ad;--line:#343a42;
--card:#1e2126;--s0:#6ea5ff;--s1:#f2954a;--s2:#5fc389;--s3:#b98af0;--s4:#f2788a;--s5:#54bfd3;
--heat:110,165,255}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:76rem;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem;overflow-wrap:anywhere}
h3{font-size:1rem;margin:1.2rem 0 .4rem;overflow-wrap:anywhere}
p{margin:.4rem 0}.muted{color:var(--muted)}
.wide{overflow-x:auto;margin-bottom:1rem}table{border-collapse:collapse;font-size:.85rem}
th,td{padding:.3rem .8rem .3rem 0;text-align:left;border-bottom:1px solid var(--line);
vertical-align:top}
th{color:var(--muted);font-weight:600}
td:first-child{overflow-wrap:anywhere;min-width:8rem}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.grid{display:grid;gap:1.2rem;align-items:start;margin:1rem 0;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr))}
figure{margin:0;padding:.8rem;background:var(--card);border-radius:.5rem}
figcaption{font-size:.9rem;font-weight:600;margin-bottom:.4rem;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto;max-width:34rem}
svg text{fill:var(--ink);font:11px system-ui,sans-serif}svg .m{fill:var(--muted)}
svg .axis{stroke:var(--line)}
.cards{display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr))}
.card{display:flex;gap:.7rem;padding:.6rem;background:var(--card);border-radius:.5rem;
font-size:.85rem;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:.6rem .8rem;background:var(--card);border-radius:.5rem;font-size:.85rem}
.shots td{vertical-align:middle;padding:.15rem .6rem .15rem 0;border:0}.shots img{display:block}
.answers{display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr))}
.answers figure{padding:.5rem;font-size:.85rem}.answers img{width:100%;display:block;border-radius:.3rem}
.right{border-bottom:4px solid var(--s2)}.wrong{border-bottom:4px solid var(--s4)}
.card img{flex:none;width:80px;height:80px;border-radius:.3rem}
)";

std::string Base64(std::span<const uint8_t> bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t three = 0;
    for (size_t k = 0; k < 3; ++k) three = three << 8 | (k < count ? bytes[i + k] : 0U);
    for (size_t k = 0; k < 4; ++k) {
      text += k <= count ? kDigits[three >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

void PutLittleEndian(std::vector<uint8_t>& bytes, uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

}  // namespace

std::string Escape(std::string_view text) {
  const bool utf8 = base::IsUtf8(text);
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8) ? '?' : c;
    }
  }
  return out;
}

std::string Element(std::string_view tag, std::string_view text) {
  return Cat("<", tag, ">", Escape(text), "</", tag, ">\n");
}

std::string InPercent(double share) { return base::Fixed(share * 100, 1); }

std::string HtmlTable(const std::vector<std::string>& header,
                      const std::vector<std::vector<std::string>>& rows, size_t first_number) {
  auto row = [&](const std::vector<std::string>& cells, std::string_view tag) {
    std::string text = "<tr>";
    for (size_t i = 0; i < cells.size(); ++i) {
      text += Cat("<", tag, i >= first_number ? " class=\"n\">" : ">", Escape(cells[i]), "</", tag,
                  ">");
    }
    return text + "</tr>\n";
  };
  std::string table = Cat("<div class=\"wide\"><table>\n", row(header, "th"));
  for (const auto& cells : rows) table += row(cells, "td");
  return table + "</table></div>\n";
}

std::string BitmapUrl(int width, int height, std::span<const uint8_t> rgb) {
  const auto w = static_cast<size_t>(width);
  const auto h = static_cast<size_t>(height);
  const size_t stride = (w * 3 + 3) / 4 * 4;
  constexpr uint32_t kHeaders = 14 + 40;
  std::vector<uint8_t> file = {'B', 'M'};
  PutLittleEndian(file, static_cast<uint32_t>(kHeaders + stride * h), 4);
  PutLittleEndian(file, 0, 4);
  PutLittleEndian(file, kHeaders, 4);
  PutLittleEndian(file, 40, 4);
  PutLittleEndian(file, static_cast<uint32_t>(width), 4);
  PutLittleEndian(file, static_cast<uint32_t>(height), 4);
  PutLittleEndian(file, 1, 2);
  PutLittleEndian(file, 24, 2);
  for (int i = 0; i < 6; ++i) PutLittleEndian(file, 0, 4);
  for (size_t y = h; y-- > 0;) {
    for (size_t x = 0; x < w; ++x) {
      for (size_t c = 3; c-- > 0;) file.push_back(rgb[(y * w + x) * 3 + c]);
    }
    file.resize(file.size() + stride - w * 3);
  }
  return "data:image/bmp;base64," + Base64(file);
}

std::string PngUrl(std::string_view file) {
  return "data:image/png;base64," +
         Base64({reinterpret_cast<const uint8_t*>(file.data()), file.size()});
}

std::string Page(std::string_view title, std::string_view body) {
  return Cat(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n",
      Element("title", title), "<style>", kStyle, "</style>\n</head>\n<body>\n",
      Element("h1", title), body, "</body>\n</html>\n");
}

}  // namespace goldcrest::report
