#include "pipeline/fetch_model.h"

#include "base/file.h"
#include "net/fetch.h"

namespace goldcrest::pipeline {
namespace {

// The last part of a URL's path.
Result<std::string> FileNameOf(const std::string& url) {
  std::string path = url.substr(0, url.find_first_of("?#"));
  path.erase(0, path.find("://") + 3);
  const size_t slash = path.rfind('/');
  std::string name = slash == path.npos ? "" : path.substr(slash + 1);
  if (!name.empty() && name != "." && name != "..") return name;
  return Fail(ErrorCode::kUsage, "the address ends in no file name; name the file with -o");
}

// Error pages and the like are no models, whatever the server says of them.
Status ExpectKind(const std::string& path, bool archive) {
  constexpr std::string_view kHdf5 = "\x89HDF\r\n\x1a\n";
  constexpr std::string_view kGzip = "\x1f\x8b";
  GOLDCREST_TRY(const auto file, base::MappedFile::Open(path));
  if (base::AsText(file->bytes()).starts_with(archive ? kGzip : kHdf5)) return {};
  return Invalid("what came is no ", archive ? "gzip archive" : "HDF5 file",
                 ", but perhaps a page about an error; nothing was kept");
}

std::string Quoted(const std::string& name) {
  return name.find_first_of(" '\"\\$") == name.npos ? name : base::Cat("'", name, "'");
}

Status UseEntry(const CatalogueEntry& entry, const FetchModelOptions& options,
                FetchModelReport& report, net::DownloadOptions& download) {
  report.url = entry.url();
  if (!options.mirror.empty()) {
    report.url = base::Cat(options.mirror, options.mirror.ends_with('/') ? "" : "/", entry.file);
  }
  report.source = entry.source;
  if (!download.digest) download.digest = entry.digest;
  const bool archive = entry.is_archive();
  download.accept = [archive](const std::string& path) { return ExpectKind(path, archive); };
  if (report.file.empty()) report.file = entry.file;
  if (!entry.verified) {
    report.notes.push_back(base::Cat(
        "unverified: '", entry.name,
        "' was not downloaded when the list was made; its address is that of ", entry.source));
  }
  report.next = archive ? base::Cat("tar -xzf ", Quoted(report.file))
                        : base::Cat("goldcrest convert ", Quoted(report.file), " ", entry.convert,
                                    " -o ", entry.name, ".tflite");
  return {};
}

}  // namespace

Result<FetchModelReport> FetchModel(const FetchModelOptions& options) {
  FetchModelReport report{.url = options.what, .file = options.output};
  net::DownloadOptions download = options.download;
  if (net::IsUrl(options.what)) {
    if (!options.mirror.empty()) {
      return Fail(ErrorCode::kUsage, "--mirror goes with names of the list, not with an address");
    }
    if (report.file.empty()) {
      GOLDCREST_TRY(report.file, FileNameOf(options.what));
    }
  } else {
    GOLDCREST_TRY(const CatalogueEntry entry, FindInCatalogue(options.what));
    GOLDCREST_RETURN_IF_ERROR(UseEntry(entry, options, report, download));
  }
  report.digest = download.digest;
  GOLDCREST_TRY(report.downloaded, Within(base::Cat("fetching ", report.url),
                                          net::Download(report.url, report.file, download)));
  if (!report.digest) {
    report.notes.push_back(base::Cat(
        report.source.empty() ? "no digest was given" : "its makers state no digest",
        ", so only its length was compared; hold it against another copy by its SHA-256"));
  }
  return report;
}

}  // namespace goldcrest::pipeline
