// Which addresses of the network belong to everybody.
#pragma once

#include <sys/socket.h>

namespace goldcrest::net {

// Whether an IPv4 or IPv6 address can be reached from anywhere, by IANA's registries of
// special-purpose addresses: not this machine, its neighbours, a private network, or a group.
// Addresses that carry an IPv4 address in them (mapped, translated, 6to4) are what that is; all
// families but these two are not public.
bool IsPublic(const sockaddr& address);

}  // namespace goldcrest::net
