// Work done in a child process, for libraries that a hostile file can crash, hang or make take all
// memory: the child dies, and the parent gets an error.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace goldcrest::base {

// One end of the connection between the two. A reply is as untrusted as the file it was made of.
class Channel {
 public:
  explicit Channel(int descriptor) : descriptor_(descriptor) {}

  // False once the other side is gone, or took longer than `patience`.
  bool Send(std::span<const std::byte> bytes);
  bool Receive(std::span<std::byte> bytes);

  template <class T>
  bool SendNumber(T number) {
    return Send(std::as_bytes(std::span(&number, 1)));
  }
  template <class T>
  bool ReceiveNumber(T& number) {
    return Receive(std::as_writable_bytes(std::span(&number, 1)));
  }
  bool SendText(std::string_view text);
  bool ReceiveText(std::string& text, uint32_t longest);

  void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

 private:
  bool WaitFor(short event) const;

  int descriptor_;
  std::chrono::milliseconds patience_{-1};  // for each step; -1: for ever
};

// What a child may take before it is ended.
struct ChildLimits {
  uint64_t memory_bytes;  // beyond what it starts with
  // Of computing, in all: a busy machine does not shorten it.
  std::chrono::milliseconds processor_time;
  // How long the parent waits for each step of an answer, for a child that neither answers nor
  // computes.
  std::chrono::milliseconds patience = std::chrono::minutes(1);
};

class ChildProcess {
 public:
  // Runs `body` in a child within the limits. The child ends when the body returns; its standard
  // error is closed, and it has none of the program's signal handlers.
  static Result<ChildProcess> Start(const ChildLimits& limits,
                                    const std::function<void(Channel&)>& body);
  // A child whose part the caller plays at the other end of the socket, which is taken over: for
  // tests of those who ask.
  static ChildProcess Played(int descriptor) { return {-1, descriptor}; }
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  // ends the child

  Channel& channel() { return channel_; }

 private:
  ChildProcess(pid_t child, int descriptor)
      : child_(child), descriptor_(descriptor), channel_(descriptor) {}

  pid_t child_;
  int descriptor_;
  Channel channel_;
};

}  // namespace goldcrest::base
