#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "cli/progress.h"
#include "pipeline/fetch_model.h"

namespace goldcrest::cli {
namespace {

struct FetchFlags {
  pipeline::FetchModelOptions options;
  std::string sha256;
  std::string md5;
  bool list = false;
  bool json = false;
};

std::string DigestText(const std::optional<net::Digest>& digest) {
  return digest ? base::Cat(net::NameOf(digest->kind), " ", digest->hex) : "";
}

// Entries whose names hold `part`.
std::vector<pipeline::CatalogueEntry> Entries(const std::string& part) {
  std::vector<pipeline::CatalogueEntry> entries = pipeline::Catalogue();
  std::erase_if(entries, [&](const auto& entry) { return entry.name.find(part) == part.npos; });
  return entries;
}

void List(const FetchFlags& flags) {
  const std::vector<pipeline::CatalogueEntry> entries = Entries(flags.options.what);
  if (flags.json) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const pipeline::CatalogueEntry& entry : entries) {
      json.push_back({{"name", entry.name},
                      {"url", entry.url()},
                      {"digest", DigestText(entry.digest)},
                      {"source", entry.source},
                      {"verified", entry.verified},
                      {"convert", entry.convert}});
    }
    PrintJson(json);
    return;
  }
  Table table({"name", "what", "its makers' digest", "downloaded by us", "address from"});
  for (const pipeline::CatalogueEntry& entry : entries) {
    table.Add({entry.name, entry.is_archive() ? "archive" : "Keras weights",
               entry.digest ? std::string(net::NameOf(entry.digest->kind)) : "none",
               entry.verified ? "yes" : "unverified", entry.source});
  }
  std::fputs(table.ToString().c_str(), stdout);
}

nlohmann::ordered_json ToJson(const pipeline::FetchModelReport& report) {
  return {{"url", report.url},
          {"file", report.file},
          {"file_bytes", report.downloaded.bytes},
          {"sha256", report.downloaded.sha256},
          {"digest", DigestText(report.digest)},
          {"source", report.source},
          {"tries", report.downloaded.tries},
          {"resumed_from", report.downloaded.resumed_from},
          {"next", report.next},
          {"notes", report.notes}};
}

void PrintReport(const pipeline::FetchModelReport& report) {
  const net::Downloaded& got = report.downloaded;
  std::string text = base::Cat(got.tries == 0 ? "there     " : "written   ", report.file, ", ",
                               base::Bytes(got.bytes), "\n");
  if (got.resumed_from > 0) {
    text += base::Cat("resumed   from ", base::Bytes(got.resumed_from), " on\n");
  }
  text += base::Cat("from      ", report.url, "\n");
  text += base::Cat("SHA-256   ", got.sha256, "\n");
  if (report.digest) {
    text += base::Cat("checked   ", net::NameOf(report.digest->kind), " is as ",
                      report.source.empty() ? "stated" : "its makers state", "\n");
  }
  if (!report.next.empty()) text += base::Cat("next      ", report.next, "\n");
  std::fputs(text.c_str(), stdout);
}

Status ReadDigests(FetchFlags& flags) {
  if (!flags.sha256.empty() && !flags.md5.empty()) {
    return Fail(ErrorCode::kUsage, "give --sha256 or --md5, not both");
  }
  if (!flags.sha256.empty()) {
    GOLDCREST_TRY(flags.options.download.digest, net::ParseDigest("sha256:" + flags.sha256));
  }
  if (!flags.md5.empty()) {
    GOLDCREST_TRY(flags.options.download.digest, net::ParseDigest("md5:" + flags.md5));
  }
  return {};
}

Status Fetch(FetchFlags& flags) {
  if (flags.list) {
    List(flags);
    return {};
  }
  if (flags.options.what.empty()) {
    return Fail(ErrorCode::kUsage,
                "name a model or an http(s) address; goldcrest fetch --list shows the names");
  }
  GOLDCREST_RETURN_IF_ERROR(ReadDigests(flags));
  Result<pipeline::FetchModelReport> report;
  {
    Progress progress;
    flags.options.download.progress = [&](uint64_t done, uint64_t total) {
      const double share = total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total);
      progress.ShowWithTimeLeft(
          share, total == 0 ? base::Bytes(done)
                            : base::Cat(base::Bytes(done), " of ", base::Bytes(total)));
    };
    flags.options.download.note = [&](const std::string& note) {
      progress.Print(base::Cat("note: ", Printable(note)));
    };
    report = pipeline::FetchModel(flags.options);
  }
  if (!report) return std::unexpected(report.error());
  PrintNotes(report->notes);
  if (flags.json) {
    PrintJson(ToJson(*report));
  } else {
    PrintReport(*report);
  }
  return {};
}

}  // namespace

Action AddFetch(CLI::App& app) {
  auto flags = std::make_shared<FetchFlags>();
  pipeline::FetchModelOptions& options = flags->options;
  net::DownloadOptions& download = options.download;
  app.add_option("model", options.what,
                 "a name of --list, or an http(s) address; with --list a part of names");
  app.add_option("-o,--output", options.output,
                 "the file to write (default: named as there, in this folder)");
  app.add_flag("--list", flags->list, "list the models that have a name, and stop");
  app.add_option("--sha256", flags->sha256, "the SHA-256 that the file must have");
  app.add_option("--md5", flags->md5, "the MD5 that the file must have");
  app.add_option("--mirror", options.mirror,
                 "an address below which another server has the files of the list");
  app.add_option("--max-size", download.most_bytes,
                 "bytes that a file may have, also as 500MB or 2GB (default 1GB)")
      ->transform(CLI::AsSizeValue(false));
  app.add_option("--retries", download.retries,
                 "tries after the first, where the connection or the server fails (default 5)")
      ->check(CLI::Range(0, 1000));
  app.add_option("--retry-pause", download.pause_seconds,
                 "seconds before the first of them, then each time twice as long (default 1)")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--timeout", download.stall_seconds,
                 "seconds in which nothing may come (default 30)")
      ->check(CLI::Range(1.0, 86400.0));
  app.add_option("--proxy", download.proxy,
                 "http://HOST:PORT or socks5h://HOST:PORT, or none (default: as the environment "
                 "says it to curl: https_proxy, no_proxy, …)");
  app.add_flag("--json", flags->json, "print the report as JSON");
  return [flags] { return Fetch(*flags); };
}

}  // namespace goldcrest::cli
