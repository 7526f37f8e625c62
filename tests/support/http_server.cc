#include "support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace goldcrest::testing {

std::string HttpServer::Request::Header(const std::string& name) const {
  const size_t at = head.find("\r\n" + name + ": ");
  if (at == head.npos) return "";
  const size_t from = at + name.size() + 4;
  return head.substr(from, head.find("\r\n", from) - from);
}

HttpServer::HttpServer(Answer answer)
    : HttpServer(FullAnswer([answer = std::move(answer)](const Request& request, const Send& send) {
        answer(request.path, send);
      })) {}

HttpServer::HttpServer(FullAnswer answer) : answer_(std::move(answer)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  const bool listens = ::bind(listener_, any, size) == 0 && ::listen(listener_, 64) == 0 &&
                       ::getsockname(listener_, any, &size) == 0;
  port_ = listens ? ntohs(address.sin_port) : 0;
  thread_ = std::thread(&HttpServer::Listen, this);
}

HttpServer::~HttpServer() {
  stop_ = true;
  thread_.join();
  for (std::thread& connection : connections_) connection.join();
  ::close(listener_);
}

std::string HttpServer::Url(const std::string& path, const std::string& host) const {
  return "http://" + host + ":" + std::to_string(port_) + path;
}

void HttpServer::Listen() {
  while (!stop_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, 20) < 1) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) connections_.emplace_back(&HttpServer::Serve, this, connection);
  }
}

void HttpServer::Serve(int connection) {
  std::string request;
  char buffer[4096];
  while (request.find("\r\n\r\n") == request.npos) {
    const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
    if (count <= 0) break;
    request.append(buffer, static_cast<size_t>(count));
  }
  const size_t first = request.find(' ') + 1;
  if (first > 0) {
    ++requests_;
    const std::string path = request.substr(first, request.find(' ', first) - first);
    answer_({path, request}, [&](std::string_view bytes) {
      while (!bytes.empty() && !stop_) {
        const ssize_t count = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<size_t>(count));
      }
      return !stop_.load();
    });
  }
  ::close(connection);
}

std::string HttpAnswer(const std::string& body, const std::string& status) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace goldcrest::testing
