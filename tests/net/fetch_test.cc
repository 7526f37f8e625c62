#include "net/fetch.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <chrono>

#include "net/address.h"
#include "support/http_server.h"

namespace goldcrest::net {
namespace {

using testing::HttpAnswer;
using testing::HttpServer;

constexpr FetchLimits kLocal = {.private_addresses = true};

std::string Redirect(const std::string& to) {
  return "HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n";
}

// The error of a URL, which must be one.
std::string MessageOf(const std::string& url, const FetchLimits& limits = kLocal) {
  const Result<std::string> got = Fetch(url, limits);
  EXPECT_FALSE(got) << url << " gave " << got->size() << " bytes";
  return got ? "" : got.error().ToString();
}

// Sends the answer and then nothing, or more and more of it.
HttpServer::Answer Once(const std::string& answer) {
  return [answer](const std::string&, const HttpServer::Send& send) { send(answer); };
}
HttpServer::Answer Endless(const std::string& head, const std::string& part,
                           std::chrono::milliseconds pause) {
  return [=](const std::string&, const HttpServer::Send& send) {
    for (bool more = send(head); more; more = send(part)) std::this_thread::sleep_for(pause);
  };
}

TEST(Fetch, TakesWhatTheServerGives) {
  const std::string body("bytes\0 of all kinds \xff", 20);
  HttpServer server([&](const std::string& path, const HttpServer::Send& send) {
    if (path == "/moved") send(Redirect("/there"));
    if (path == "/there") send(HttpAnswer(body));
    if (path == "/chunked") {
      send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    }
    if (path == "/old") send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
  });
  EXPECT_EQ(Fetch(server.Url("/there"), kLocal), body);
  EXPECT_EQ(Fetch(server.Url("/moved"), kLocal), body);
  EXPECT_EQ(Fetch(server.Url("/chunked"), kLocal), "abcde");
  EXPECT_EQ(Fetch(server.Url("/old"), kLocal), "until the end");
}

TEST(Fetch, ErrorsOfTheServerAreErrors) {
  HttpServer server([&](const std::string& path, const HttpServer::Send& send) {
    send(path == "/gone" ? HttpAnswer("a page", "404 Not Found")
                         : HttpAnswer("a page", "503 Service Unavailable"));
  });
  EXPECT_EQ(MessageOf(server.Url("/gone")), "the server answered 404");
  EXPECT_EQ(MessageOf(server.Url("/busy")), "the server answered 503");
}

TEST(Fetch, WhatIsCutShortIsAnError) {
  HttpServer cut(Once("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this"));
  EXPECT_EQ(MessageOf(cut.Url("/")), "the server ended before all that it announced had come");
  HttpServer chunk(Once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nonly this"));
  MessageOf(chunk.Url("/"));
  HttpServer silent(Once(""));
  MessageOf(silent.Url("/"));
  HttpServer noise(Once("\x01\x02\x03 no protocol at all\r\n\r\n"));
  MessageOf(noise.Url("/"));
  HttpServer head(Once("HTTP/1.1 200 OK\r\nContent-Len"));
  EXPECT_EQ(MessageOf(head.Url("/")), "the server gave nothing");
}

TEST(Fetch, MoreThanWasAnnouncedIsNotTaken) {
  HttpServer server(Once("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more"));
  EXPECT_EQ(Fetch(server.Url("/"), kLocal), "four");
}

TEST(Fetch, SizesAreLimited) {
  const FetchLimits limits{.most_bytes = 100'000, .private_addresses = true};
  const std::string whole(100'000, 'x');
  HttpServer fits(Once(HttpAnswer(whole)));
  EXPECT_EQ(Fetch(fits.Url("/"), limits), whole);
  HttpServer announced(Once(HttpAnswer(whole + "x")));
  EXPECT_EQ(MessageOf(announced.Url("/"), limits), "it is larger than 97.7 KB");
  HttpServer endless(Endless("HTTP/1.1 200 OK\r\n\r\n", whole, std::chrono::milliseconds(0)));
  EXPECT_EQ(MessageOf(endless.Url("/"), limits), "it is larger than 97.7 KB");
  HttpServer header(Endless("HTTP/1.1 200 OK\r\n", "X: " + std::string(1000, 'y') + "\r\n",
                            std::chrono::milliseconds(0)));
  MessageOf(header.Url("/"), limits);
}

TEST(Fetch, TimeIsLimited) {
  const FetchLimits limits{.seconds = 0.3, .private_addresses = true};
  HttpServer slow(Endless("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", "x",
                          std::chrono::milliseconds(20)));
  EXPECT_EQ(MessageOf(slow.Url("/"), limits), "it took longer than 0.3 s");
  HttpServer mute(Endless("", "", std::chrono::milliseconds(20)));
  EXPECT_EQ(MessageOf(mute.Url("/"), limits), "it took longer than 0.3 s");
}

TEST(Fetch, RedirectsAreLimited) {
  HttpServer loop(Once(Redirect("/again")));
  EXPECT_EQ(MessageOf(loop.Url("/")), "it redirects more than 5 times");
  EXPECT_EQ(loop.requests(), 6);
  HttpServer file(Once(Redirect("file:///etc/passwd")));
  EXPECT_NE(MessageOf(file.Url("/")).find("file"), std::string::npos);
  HttpServer other(Once(Redirect("gopher://127.0.0.1/x")));
  MessageOf(other.Url("/"));
}

TEST(Fetch, PrivateAddressesAreRefusedUnlessAllowed) {
  HttpServer server(Once(HttpAnswer("secret")));
  for (const char* host : {"127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0",
                           "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "192.168.1.1",
                           "169.254.169.254", "[fe80::1]", "[fd00::1]"}) {
    EXPECT_NE(MessageOf(server.Url("/", host), {}).find("--allow-private-addresses"),
              std::string::npos)
        << host;
  }
  EXPECT_EQ(server.requests(), 0);
  EXPECT_EQ(Fetch(server.Url("/", "127.1"), kLocal), "secret");
}

TEST(Fetch, OnlyWebAddressesAreUrls) {
  for (const char* url : {"http://a", "https://a/b.jpg", "HTTP://A", "Https://a"}) {
    EXPECT_TRUE(IsUrl(url)) << url;
  }
  for (const char* path : {"", "http", "http://", "file:///etc/passwd", "ftp://a/b", "a.jpg",
                           "photos/http://a", "httpx://a"}) {
    EXPECT_FALSE(IsUrl(path)) << path;
  }
  EXPECT_NE(MessageOf("file:///etc/passwd").find("file"), std::string::npos);
  MessageOf("http://");
  MessageOf("http://a b/");
}

bool IsPublicAddress(const std::string& text) {
  sockaddr_in in{};
  sockaddr_in6 in6{};
  if (::inet_pton(AF_INET, text.c_str(), &in.sin_addr) == 1) {
    in.sin_family = AF_INET;
    return IsPublic(reinterpret_cast<const sockaddr&>(in));
  }
  EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &in6.sin6_addr), 1) << text;
  in6.sin6_family = AF_INET6;
  return IsPublic(reinterpret_cast<const sockaddr&>(in6));
}

// As Python's ipaddress has is_global, but for groups (224.0.1.1, ff0e::1), which nobody fetches
// from, and addresses that carry others, which Python judges by their own prefix.
TEST(Address, PublicIsWhatIanaGivesToEverybody) {
  for (const char* text : {"1.1.1.1",
                           "8.8.8.8",
                           "9.255.255.255",
                           "11.0.0.0",
                           "100.63.255.255",
                           "100.128.0.0",
                           "126.255.255.255",
                           "128.0.0.1",
                           "169.253.0.1",
                           "172.15.255.255",
                           "172.32.0.0",
                           "192.167.255.255",
                           "192.169.0.0",
                           "198.17.255.255",
                           "198.20.0.0",
                           "223.255.255.255",
                           "2606:4700:4700::1111",
                           "2a00::1",
                           "2001:4860:4860::8888",
                           "::ffff:8.8.8.8",
                           "64:ff9b::8.8.8.8",
                           "2002:808:808::1"}) {
    EXPECT_TRUE(IsPublicAddress(text)) << text;
  }
  for (const char* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.0",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.0.1",
                           "169.254.169.254",
                           "172.16.0.0",
                           "172.31.255.255",
                           "192.0.0.1",
                           "192.0.2.1",
                           "192.168.0.0",
                           "192.168.255.255",
                           "198.18.0.0",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.7",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::ffff:127.0.0.1",
                           "64:ff9b::192.168.0.1",
                           "64:ff9b:1::1",
                           "100::1",
                           "2001::1",
                           "2001:db8::1",
                           "2002:a00:1::1",
                           "2002:7f00:1::",
                           "3fff::1",
                           "fc00::1",
                           "fd12:3456::1",
                           "fe80::1",
                           "febf::1",
                           "fec0::1",
                           "ff02::1",
                           "4000::1"}) {
    EXPECT_FALSE(IsPublicAddress(text)) << text;
  }
}

}  // namespace
}  // namespace goldcrest::net
