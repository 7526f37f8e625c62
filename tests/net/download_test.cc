// Downloads from servers that cut, stall, lie and change their minds.
#include "net/download.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <mutex>

#include "base/file.h"
#include "support/http_server.h"
#include "support/temporary.h"

namespace goldcrest::net {
namespace {

using testing::HttpAnswer;
using testing::HttpServer;
using Request = HttpServer::Request;
using Send = HttpServer::Send;

std::string Content(size_t size) {
  std::string content(size, ' ');
  for (size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * i % 251);
  return content;
}

std::string Read(const std::string& path) {
  auto file = base::MappedFile::Open(path);
  return file ? std::string(base::AsText((*file)->bytes())) : "";
}

Digest Sha256(const std::string& content) {
  return DigestOf(DigestKind::kSha256, base::AsBytes(content));
}

// A server of one file that can go on in the middle; what it is asked for can be read.
class FileServer {
 public:
  struct Options {
    size_t cut_after = 0;  // bytes of content that one answer has at most; 0: all
    bool ranges = true;
    std::string etag = "\"one\"";
  };

  FileServer(std::string content, Options options)
      : content_(std::move(content)),
        options_(std::move(options)),
        server_([this](const Request& request, const Send& send) { Answer(request, send); }) {}

  std::string Url() const { return server_.Url("/model.h5"); }
  int requests() const { return server_.requests(); }
  std::vector<std::string> ranges() const {
    const std::scoped_lock lock(mutex_);
    return ranges_;
  }

 private:
  void Answer(const Request& request, const Send& send) {
    const std::string range = request.Header("Range");
    {
      const std::scoped_lock lock(mutex_);
      ranges_.push_back(range);
    }
    const std::string condition = request.Header("If-Range");
    size_t from = 0;
    std::string head = "HTTP/1.1 200 OK\r\n";
    if (!range.empty() && options_.ranges && condition == options_.etag) {
      from = std::stoul(range.substr(range.find('=') + 1));
      if (from >= content_.size()) {
        send("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      head = base::Cat("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes ", from, "-",
                       content_.size() - 1, "/", content_.size(), "\r\n");
    }
    if (!options_.etag.empty()) head += "ETag: " + options_.etag + "\r\n";
    head += base::Cat("Content-Length: ", content_.size() - from, "\r\n\r\n");
    send(head);
    const size_t most = options_.cut_after == 0 ? content_.size() : options_.cut_after;
    send(std::string_view(content_).substr(from, most));
  }

  const std::string content_;
  const Options options_;
  mutable std::mutex mutex_;
  std::vector<std::string> ranges_;
  HttpServer server_;
};

class DownloadTest : public ::testing::Test {
 protected:
  // Quick, and with notes kept.
  DownloadOptions Quick() {
    DownloadOptions options{.stall_seconds = 0.5, .retries = 3, .pause_seconds = 0.001};
    options.note = [this](const std::string& note) { notes_.push_back(note); };
    return options;
  }

  void ExpectError(const std::string& url, const DownloadOptions& options,
                   const std::string& part) {
    const auto got = Download(url, path_, options);
    ASSERT_FALSE(got) << part;
    EXPECT_NE(got.error().ToString().find(part), std::string::npos) << got.error().ToString();
    EXPECT_FALSE(std::filesystem::exists(path_));
  }

  void ExpectNothingLeft() {
    for (const char* end : {"", ".part", ".part.from"}) {
      EXPECT_FALSE(std::filesystem::exists(path_ + end)) << end;
    }
  }

  testing::TemporaryFolder folder_;
  const std::string path_ = folder_.File("model.h5");
  const std::string content_ = Content(300'000);
  std::vector<std::string> notes_;
};

TEST_F(DownloadTest, TakesWhatTheServerGives) {
  FileServer server(content_, {});
  DownloadOptions options = Quick();
  uint64_t last = 0;
  options.digest = Sha256(content_);
  options.progress = [&](uint64_t done, uint64_t total) {
    EXPECT_GT(done, last);
    EXPECT_EQ(total, content_.size());
    last = done;
  };
  const auto got = Download(server.Url(), path_, options);
  ASSERT_TRUE(got) << got.error().ToString();
  EXPECT_EQ(Read(path_), content_);
  EXPECT_EQ(got->bytes, content_.size());
  EXPECT_EQ(got->tries, 1);
  EXPECT_EQ(got->sha256, Sha256(content_).hex);
  EXPECT_EQ(last, content_.size());
  EXPECT_FALSE(std::filesystem::exists(path_ + ".part"));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".part.from"));
  // It is there now.
  const auto again = Download(server.Url(), path_, options);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->tries, 0);
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(DownloadTest, GoesOnWhereItWasCutOff) {
  FileServer server(content_, {.cut_after = 100'000});
  const auto got = Download(server.Url(), path_, Quick());
  ASSERT_TRUE(got) << got.error().ToString();
  EXPECT_EQ(Read(path_), content_);
  EXPECT_EQ(got->tries, 3);
  EXPECT_EQ(server.ranges(), (std::vector<std::string>{"", "bytes=100000-", "bytes=200000-"}));
  ASSERT_EQ(notes_.size(), 2);
  EXPECT_NE(notes_[0].find("the server ended before all that it announced had come; try 2 follows"),
            std::string::npos)
      << notes_[0];
}

TEST_F(DownloadTest, TheNextCallGoesOnToo) {
  FileServer server(content_, {.cut_after = 100'000});
  DownloadOptions options = Quick();
  options.retries = 0;
  ExpectError(server.Url(), options, "97.7 KB are kept in " + path_ + ".part");
  ExpectError(server.Url(), options, "195.3 KB are kept");
  const auto got = Download(server.Url(), path_, options);
  ASSERT_TRUE(got) << got.error().ToString();
  EXPECT_EQ(got->resumed_from, 200'000);
  EXPECT_EQ(Read(path_), content_);
}

TEST_F(DownloadTest, WhatIsThereOfAnotherAddressIsDropped) {
  FileServer first(Content(250'000), {.cut_after = 100'000});
  DownloadOptions options = Quick();
  options.retries = 0;
  ExpectError(first.Url(), options, "are kept");
  FileServer second(content_, {});
  const auto got = Download(second.Url(), path_, options);
  ASSERT_TRUE(got) << got.error().ToString();
  EXPECT_EQ(got->resumed_from, 0);
  EXPECT_EQ(second.ranges(), std::vector<std::string>{""});
  EXPECT_EQ(Read(path_), content_);
}

TEST_F(DownloadTest, ServersWithoutRangesGiveAllOfItAnew) {
  std::atomic<int> requests = 0;
  HttpServer server(HttpServer::FullAnswer([&](const Request& request, const Send& send) {
    const bool first = ++requests == 1;
    EXPECT_EQ(request.Header("Range").empty(), first);
    send(base::Cat("HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: ", content_.size(),
                   "\r\n\r\n"));
    send(std::string_view(content_).substr(0, first ? 1000 : content_.size()));
  }));
  const auto got = Download(server.Url("/"), path_, Quick());
  ASSERT_TRUE(got) << got.error().ToString();
  EXPECT_EQ(got->tries, 2);
  EXPECT_EQ(Read(path_), content_);
}

TEST_F(DownloadTest, WithoutATagNothingIsContinued) {
  for (const char* etag : {"", "W/\"weak\""}) {
    FileServer server(content_, {.cut_after = 100'000, .etag = etag});
    ExpectError(server.Url(), Quick(), "the server ended before all");
    EXPECT_EQ(server.ranges(), std::vector<std::string>(4, "")) << etag;
    ExpectNothingLeft();
  }
}

TEST_F(DownloadTest, DatesAreTagsToo) {
  std::atomic<int> requests = 0;
  const std::string date = "Tue, 01 Dec 2026 10:00:00 GMT";
  HttpServer server(HttpServer::FullAnswer([&](const Request& request, const Send& send) {
    const bool first = ++requests == 1;
    EXPECT_EQ(request.Header("If-Range"), first ? "" : date);
    if (first) {
      send(base::Cat("HTTP/1.1 200 OK\r\nlast-modified: ", date,
                     "\r\nContent-Length: 300000\r\n\r\n", content_.substr(0, 77)));
    } else {
      send(base::Cat("HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 77-299999/*\r\n",
                     "Last-Modified: ", date, "\r\nContent-Length: 299923\r\n\r\n",
                     content_.substr(77)));
    }
  }));
  ASSERT_TRUE(Download(server.Url("/"), path_, Quick()));
  EXPECT_EQ(Read(path_), content_);
}

// A part of what the file was, and then another file.
TEST_F(DownloadTest, ChangesOnTheServerAreNoticed) {
  const std::string other = Content(280'000) + "another";
  for (const char* liar : {"ETag: \"two\"\r\nContent-Range: bytes 1000-280006/280007\r\n",
                           "ETag: \"one\"\r\nContent-Range: bytes 999-280006/280007\r\n",
                           "ETag: \"one\"\r\nContent-Range: octets 1000\r\n", ""}) {
    std::atomic<int> requests = 0;
    HttpServer server(HttpServer::FullAnswer([&](const Request& request, const Send& send) {
      switch (++requests) {
        case 1:
          send("HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 300000\r\n\r\n" +
               content_.substr(0, 1000));
          break;
        case 2:
          send(base::Cat("HTTP/1.1 206 Partial Content\r\n", liar, "Content-Length: 279007\r\n\r\n",
                         other.substr(1000)));
          break;
        default:
          EXPECT_EQ(request.Header("Range"), "");
          send("HTTP/1.1 200 OK\r\nETag: \"two\"\r\nContent-Length: 280007\r\n\r\n" + other);
      }
    }));
    const auto got = Download(server.Url("/"), path_, Quick());
    ASSERT_TRUE(got) << got.error().ToString();
    EXPECT_EQ(Read(path_), other) << liar;
    EXPECT_EQ(got->tries, 3);
    std::filesystem::remove(path_);
  }
}

TEST_F(DownloadTest, APartThatIsAllOfItIsFetchedAnew) {
  FileServer server(content_, {});
  folder_.Write("model.h5.part", content_);
  folder_.Write("model.h5.part.from", server.Url() + "\n\"one\"\n");
  const auto got = Download(server.Url(), path_, Quick());
  ASSERT_TRUE(got) << got.error().ToString();
  EXPECT_EQ(Read(path_), content_);
  EXPECT_EQ(server.ranges(), (std::vector<std::string>{"bytes=300000-", ""}));
}

TEST_F(DownloadTest, DigestsDecide) {
  FileServer server(content_, {});
  DownloadOptions options = Quick();
  options.digest = Sha256(content_ + "x");
  ExpectError(server.Url(), options, "its SHA-256 is " + Sha256(content_).hex + ", not");
  EXPECT_EQ(server.requests(), 1);
  ExpectNothingLeft();
  options.digest = DigestOf(DigestKind::kMd5, base::AsBytes(content_));
  EXPECT_TRUE(Download(server.Url(), path_, options));
  // Another file of that name is replaced.
  folder_.Write("model.h5", "something else");
  EXPECT_TRUE(Download(server.Url(), path_, options));
  EXPECT_EQ(Read(path_), content_);
}

TEST_F(DownloadTest, ADamagedPartIsFetchedAnew) {
  FileServer server(content_, {});
  folder_.Write("model.h5.part", std::string(1000, 'x'));
  folder_.Write("model.h5.part.from", server.Url() + "\n\"one\"\n");
  DownloadOptions options = Quick();
  options.digest = Sha256(content_);
  const auto got = Download(server.Url(), path_, options);
  ASSERT_TRUE(got) << got.error().ToString();
  EXPECT_EQ(Read(path_), content_);
  EXPECT_EQ(server.ranges(), (std::vector<std::string>{"bytes=1000-", ""}));
  ASSERT_EQ(notes_.size(), 1);
  EXPECT_NE(notes_[0].find("all of it is fetched anew"), std::string::npos) << notes_[0];
}

TEST_F(DownloadTest, WhatIsNotAcceptedIsRemoved) {
  FileServer server(content_, {});
  DownloadOptions options = Quick();
  options.accept = [&](const std::string& path) -> Status {
    EXPECT_EQ(Read(path), content_);
    return Invalid("no model");
  };
  ExpectError(server.Url(), options, "no model");
  ExpectNothingLeft();
}

TEST_F(DownloadTest, SizesAreLimited) {
  FileServer server(content_, {});
  DownloadOptions options = Quick();
  options.most_bytes = content_.size() - 1;
  ExpectError(server.Url(), options, "it is larger than 293.0 KB; allow more with --max-size");
  EXPECT_EQ(server.requests(), 1);
  options.most_bytes = content_.size();
  EXPECT_TRUE(Download(server.Url(), path_, options));
  std::filesystem::remove(path_);
  HttpServer endless([](const std::string&, const Send& send) {
    for (bool more = send("HTTP/1.1 200 OK\r\n\r\n"); more;) more = send(std::string(10'000, 'x'));
  });
  ExpectError(endless.Url("/"), options, "it is larger than");
  ExpectNothingLeft();
}

TEST_F(DownloadTest, StallsEnd) {
  std::atomic<bool> stop = false;
  HttpServer server([&](const std::string&, const Send& send) {
    send("HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 300000\r\n\r\n" +
         content_.substr(0, 1000));
    while (!stop) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  });
  DownloadOptions options = Quick();
  options.retries = 0;
  const auto start = std::chrono::steady_clock::now();
  ExpectError(server.Url("/"), options, "nothing came for 0.5 s; 1000 bytes are kept");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  stop = true;
}

// Slower than any limit on the whole time would allow, but never silent.
TEST_F(DownloadTest, SlowServersAreWaitedFor) {
  HttpServer server([&](const std::string&, const Send& send) {
    send("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n");
    for (int i = 0; i < 30; ++i) {
      send(content_.substr(static_cast<size_t>(i) * 10, 10));
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  const auto got = Download(server.Url("/"), path_, Quick());
  ASSERT_TRUE(got) << got.error().ToString();
  EXPECT_EQ(Read(path_), content_.substr(0, 300));
}

TEST_F(DownloadTest, ErrorsThatMayPassAreTriedAgain) {
  for (const char* status :
       {"503 Service Unavailable", "500 Error", "429 Too Many Requests", "408 Request Timeout"}) {
    std::atomic<int> requests = 0;
    HttpServer server([&](const std::string&, const Send& send) {
      send(++requests < 3 ? HttpAnswer("a page", status) : HttpAnswer(content_));
    });
    const auto got = Download(server.Url("/"), path_, Quick());
    ASSERT_TRUE(got) << got.error().ToString();
    EXPECT_EQ(got->tries, 3);
    EXPECT_EQ(Read(path_), content_);
    std::filesystem::remove(path_);
  }
  HttpServer busy([](const std::string&, const Send& send) {
    send(HttpAnswer("a page", "503 Service Unavailable"));
  });
  ExpectError(busy.Url("/"), Quick(), "the server answered 503, at try 4");
  ExpectNothingLeft();
}

TEST_F(DownloadTest, OtherErrorsAreFinal) {
  for (const char* status : {"404 Not Found", "403 Forbidden", "401 Unauthorized", "410 Gone"}) {
    HttpServer server(
        [&](const std::string&, const Send& send) { send(HttpAnswer("a page", status)); });
    ExpectError(server.Url("/"), Quick(),
                base::Cat("the server answered ", std::string(status, 3)));
    EXPECT_EQ(server.requests(), 1);
    ExpectNothingLeft();
  }
  HttpServer empty([](const std::string&, const Send& send) { send(HttpAnswer("")); });
  ExpectError(empty.Url("/"), Quick(), "the server gave nothing");
  ExpectNothingLeft();
  HttpServer loop([](const std::string&, const Send& send) {
    send("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
  });
  ExpectError(loop.Url("/"), Quick(), "it redirects more than 5 times");
  HttpServer file([](const std::string&, const Send& send) {
    send("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
  });
  ExpectError(file.Url("/"), Quick(), "file");
  EXPECT_EQ(file.requests(), 1);
  ExpectError("file:///etc/passwd", Quick(), "is no http:// or https:// address");
  ExpectNothingLeft();
}

// Heads of redirects are not those of the file.
TEST_F(DownloadTest, RedirectsAreFollowed) {
  FileServer target(content_, {.cut_after = 100'000});
  HttpServer server([&](const std::string&, const Send& send) {
    send(base::Cat("HTTP/1.1 302 Found\r\nETag: \"page\"\r\nLocation: ", target.Url(),
                   "\r\nContent-Length: 4\r\n\r\npage"));
  });
  const auto got = Download(server.Url("/"), path_, Quick());
  ASSERT_TRUE(got) << got.error().ToString();
  EXPECT_EQ(Read(path_), content_);
  EXPECT_EQ(target.ranges(), (std::vector<std::string>{"", "bytes=100000-", "bytes=200000-"}));
}

TEST_F(DownloadTest, ProxiesAreAskedInstead) {
  std::string asked;
  HttpServer proxy([&](const std::string& path, const Send& send) {
    asked = path;
    send(HttpAnswer(content_));
  });
  DownloadOptions options = Quick();
  options.proxy = proxy.Url("");
  ASSERT_TRUE(Download("http://models.example/v1.h5", path_, options));
  EXPECT_EQ(asked, "http://models.example/v1.h5");
  EXPECT_EQ(Read(path_), content_);
}

TEST_F(DownloadTest, OneProcessAtATime) {
  std::atomic<bool> inside = false;
  std::atomic<bool> go_on = false;
  HttpServer server([&](const std::string&, const Send& send) {
    inside = true;
    while (!go_on) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    send(HttpAnswer(content_));
  });
  DownloadOptions options = Quick();
  options.stall_seconds = 30;
  std::thread first([&] { EXPECT_TRUE(Download(server.Url("/"), path_, options)); });
  while (!inside) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const auto second = Download(server.Url("/"), path_, options);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().ToString().find("is being written by another process"),
            std::string::npos);
  go_on = true;
  first.join();
  EXPECT_EQ(Read(path_), content_);
}

TEST_F(DownloadTest, PlacesThatCannotBeWritten) {
  FileServer server(content_, {});
  const auto got = Download(server.Url(), folder_.File("no/such/folder/x.h5"), Quick());
  ASSERT_FALSE(got);
  EXPECT_NE(got.error().ToString().find("No such file or directory"), std::string::npos)
      << got.error().ToString();
  EXPECT_EQ(server.requests(), 0);
}

}  // namespace
}  // namespace goldcrest::net
