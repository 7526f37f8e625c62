// A model from where its makers host it, or from any URL.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "net/download.h"
#include "pipeline/catalogue.h"

namespace goldcrest::pipeline {

struct FetchModelOptions {
  std::string what;               // a name of the catalogue, or a URL
  std::string output;             // a file; empty: named as there, in this folder
  std::string mirror;             // a URL that has the catalogue's files too; empty: none
  net::DownloadOptions download;  // its digest overrides the catalogue's
};

struct FetchModelReport {
  std::string url;
  std::string file;
  std::string source;                 // of the URL and the digest; empty: the user's own
  std::optional<net::Digest> digest;  // that it was held against
  net::Downloaded downloaded;
  std::string next;  // a command that goes on with it; empty: none
  std::vector<std::string> notes;
};

// A file of the catalogue must begin as what it is to be; nothing is kept of what does not.
Result<FetchModelReport> FetchModel(const FetchModelOptions& options);

}  // namespace goldcrest::pipeline
