// MobileNets that their makers publish, and where.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/digest.h"

namespace goldcrest::pipeline {

struct CatalogueEntry {
  std::string name;
  std::string base;                   // the URL up to the file's name
  std::string file;                   // its name there
  std::optional<net::Digest> digest;  // as the makers' own code has it; none: they state none
  std::string source;                 // where URL and digest are from: repository and path
  std::string convert;                // flags that convert takes it with; empty: an archive
  // Whether it has been downloaded by this list, and was what it says.
  bool verified = false;

  std::string url() const { return base + file; }
  bool is_archive() const { return convert.empty(); }
};

// Weights of keras-applications, and archives of TensorFlow's slim.
std::vector<CatalogueEntry> Catalogue();

// An error with the nearest name where there is none of that name.
Result<CatalogueEntry> FindInCatalogue(std::string_view name);

}  // namespace goldcrest::pipeline
