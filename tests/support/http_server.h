// A server on this machine that answers as badly as it is told to.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace goldcrest::testing {

class HttpServer {
 public:
  // False where nobody listens any more.
  using Send = std::function<bool(std::string_view bytes)>;
  // Sends all of the answer, head included, to a request for a path; the connection ends behind it.
  using Answer = std::function<void(const std::string& path, const Send& send)>;
  struct Request {
    std::string path;
    std::string head;  // all of it, the first line included

    // The value of a header; empty where it is absent.
    std::string Header(const std::string& name) const;
  };
  using FullAnswer = std::function<void(const Request& request, const Send& send)>;

  explicit HttpServer(Answer answer);
  explicit HttpServer(FullAnswer answer);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  std::string Url(const std::string& path, const std::string& host = "127.0.0.1") const;
  int requests() const { return requests_; }

 private:
  void Listen();
  void Serve(int connection);

  FullAnswer answer_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
  std::vector<std::thread> connections_;
};

// A whole answer.
std::string HttpAnswer(const std::string& body, const std::string& status = "200 OK");

}  // namespace goldcrest::testing
