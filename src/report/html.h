// Pages that need nothing but themselves: no network, no script; light or dark as the reader's
// system is, and readable on a phone.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace goldcrest::report {

// Text for the inside of an element or of an attribute in quotes; control characters, and what is
// no UTF-8, become "?".
std::string Escape(std::string_view text);

// <tag>text</tag>, the text escaped.
std::string Element(std::string_view tag, std::string_view text);

// A share of 1 in per cent, without the sign: 56.6.
std::string InPercent(double share);

// A table of plain text; columns from `first_number` on are aligned as numbers are.
std::string HtmlTable(const std::vector<std::string>& header,
                      const std::vector<std::vector<std::string>>& rows, size_t first_number);

// "data:image/bmp;base64,…" of RGB pixels, from the top.
std::string BitmapUrl(int width, int height, std::span<const uint8_t> rgb);

// "data:image/png;base64,…" of a PNG file.
std::string PngUrl(std::string_view file);

// The whole page; `body` is HTML.
std::string Page(std::string_view title, std::string_view body);

}  // namespace goldcrest::report
