// Lists of URLs.
#include <gtest/gtest.h>
#include <png.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "data/data_set.h"
#include "data/fetched_files.h"
#include "support/http_server.h"
#include "support/picture_files.h"
#include "support/temporary.h"

namespace goldcrest::data {
namespace {

using testing::HttpAnswer;
using testing::HttpServer;

class UrlListTest : public ::testing::Test {
 protected:
  FetchOptions Options() const {
    return {.limits = {.private_addresses = true}, .cache_folder = folder_.File("cache")};
  }
  std::unique_ptr<const DataSet> MustOpen(const std::string& list, const FetchOptions& fetch) {
    auto set = Open(folder_.Write("list.csv", list), {.fetch = fetch});
    EXPECT_TRUE(set) << set.error().ToString();
    return *std::move(set);
  }
  // All rows of a sample.
  static Status Decode(const DataSet& set, int64_t i) {
    GOLDCREST_TRY(const auto rows,
                  set.OpenRows(i, tensor::InputContract(), 1 << 20, decode::Precision::kExact));
    for (int64_t y = 0; y < rows->height(); ++y) GOLDCREST_RETURN_IF_ERROR(Row(*rows));
    return {};
  }
  static Status Row(image::RowSource& rows) {
    GOLDCREST_TRY(const uint8_t* row, rows.NextRow());
    static_cast<void>(row);
    return {};
  }
  int64_t CachedFiles() const {
    return std::distance(std::filesystem::directory_iterator(folder_.File("cache/fetched")), {});
  }

  const std::string picture_ = testing::MakeJpeg(20, 10, false);
  testing::TemporaryFolder folder_;
  HttpServer server_{[this](const std::string& path, const HttpServer::Send& send) {
    if (path.starts_with("/good")) send(HttpAnswer(picture_));
    if (path == "/half") send(HttpAnswer(picture_.substr(0, 300)));
    if (path == "/page") send(HttpAnswer("<html>please log in</html>"));
    if (path == "/gone") send(HttpAnswer("", "404 Not Found"));
    // Fewer bytes than there are.
    if (path == "/short") send("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + picture_);
  }};
};

TEST_F(UrlListTest, UrlsAndPathsStandInOneList) {
  folder_.Write("own.jpg", picture_);
  const auto set = MustOpen("url,label\n" + server_.Url("/good?a,b") + ",ant\nown.jpg,bee\n\"" +
                                server_.Url("/good?c,d") + "\",bee\n",
                            Options());
  // Without quotes a comma ends the field.
  EXPECT_EQ(set->name(0), server_.Url("/good?a"));
  EXPECT_EQ(set->name(2), server_.Url("/good?c,d"));
  EXPECT_EQ(server_.requests(), 0) << "only what is read is fetched";
  for (int64_t i = 0; i < 3; ++i) EXPECT_TRUE(Decode(*set, i));
  EXPECT_EQ(*set->Hash(0), *set->Hash(1));
  EXPECT_EQ(*set->Hash(0), *set->Hash(2));
}

TEST_F(UrlListTest, WhatWasFetchedIsKeptOnceForEachContent) {
  const std::string list = server_.Url("/good1") + "\n" + server_.Url("/good2") + "\n";
  const auto set = MustOpen(list, Options());
  for (int round = 0; round < 3; ++round) {
    for (int64_t i = 0; i < 2; ++i) EXPECT_TRUE(Decode(*set, i));
  }
  EXPECT_EQ(server_.requests(), 2);
  EXPECT_EQ(CachedFiles(), 3) << "two URLs, one content";
  const std::string path = set->FileOf(0);
  EXPECT_EQ(path, set->FileOf(1));
  EXPECT_EQ(testing::ReadAll(path), picture_);
  // Another program, without leave to fetch from here, finds it.
  const auto later = MustOpen(list, {.cache_folder = folder_.File("cache")});
  EXPECT_TRUE(Decode(*later, 0));
  EXPECT_EQ(server_.requests(), 2);
  // What was damaged is fetched anew.
  std::ofstream(path) << "damaged";
  EXPECT_TRUE(Decode(*set, 0));
  EXPECT_EQ(server_.requests(), 3);
  EXPECT_EQ(testing::ReadAll(path), picture_);
}

TEST_F(UrlListTest, ErrorsNameTheUrlAndAreNotTriedAgain) {
  const auto set =
      MustOpen(server_.Url("/half") + "\n" + server_.Url("/gone") + "\n" + server_.Url("/short") +
                   "\n" + server_.Url("/good") + "\n" + server_.Url("/page") + "\n",
               Options());
  auto message = [&](int64_t i) {
    const Status status = Decode(*set, i);
    return status ? "decoded" : status.error().ToString();
  };
  for (int round = 0; round < 2; ++round) {
    for (int64_t i : {0, 2}) {
      EXPECT_TRUE(message(i).starts_with("reading " + set->name(i) + " › the JPEG is"))
          << message(i);
    }
    EXPECT_EQ(message(1),
              "reading " + server_.Url("/gone") + " › fetching it › the server answered 404");
    EXPECT_EQ(message(3), "decoded");
    EXPECT_NE(message(4).find("fetching it › what it gives is no JPEG"), std::string::npos);
    EXPECT_FALSE(set->Hash(1));
    EXPECT_EQ(set->FileOf(1), "");
  }
  EXPECT_EQ(server_.requests(), 5);
  EXPECT_EQ(CachedFiles(), 5) << "three URLs, two contents, for two halves are the same";
}

TEST_F(UrlListTest, PrivateAddressesAreRefused) {
  const auto set = MustOpen(server_.Url("/good") + "\n", {.cache_folder = folder_.File("cache")});
  const Status status = Decode(*set, 0);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().ToString().find("--allow-private-addresses"), std::string::npos);
  EXPECT_EQ(server_.requests(), 0);
}

TEST_F(UrlListTest, WithoutAPlaceToKeepThemNothingIsFetched) {
  auto message = [&](const std::string& cache) {
    FetchOptions options = Options();
    options.cache_folder = cache;
    const Status status = Decode(*MustOpen(server_.Url("/good") + "\n", options), 0);
    return status ? "decoded" : status.error().ToString();
  };
  EXPECT_NE(message("").find("set XDG_CACHE_HOME"), std::string::npos);
  EXPECT_NE(message(folder_.Write("file", "")).find("making "), std::string::npos);
}

TEST_F(UrlListTest, ManyThreadsMayRead) {
  std::string list;
  for (int i = 0; i < 40; ++i) list += server_.Url("/good" + std::to_string(i % 10)) + "\n";
  const auto set = MustOpen(list, Options());
  std::vector<std::thread> threads;
  std::atomic<int> decoded = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int64_t i = 0; i < set->size(); ++i) decoded += Decode(*set, i) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(decoded, 8 * 40);
  EXPECT_EQ(CachedFiles(), 11);
}

}  // namespace
}  // namespace goldcrest::data
