/* Microsoft's controls of TCP and helpers for addresses. */
#ifndef OVL_MSTCPIP_H
#define OVL_MSTCPIP_H
#include "ws2tcpip.h"

#define SIO_KEEPALIVE_VALS _WSAIOW(IOC_VENDOR, 4)
#define SIO_BASE_HANDLE _WSAIOR(IOC_WS2, 34)
#define SIO_UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)
struct tcp_keepalive {
    ULONG onoff;
    ULONG keepalivetime;
    ULONG keepaliveinterval;
};
OVL_SIZE(struct tcp_keepalive, 12);

OVL_INLINE VOID INETADDR_SETANY(PSOCKADDR address) {
    if (address->sa_family == AF_INET6) ((PSOCKADDR_IN6)address)->sin6_addr = in6addr_any;
    else ((PSOCKADDR_IN)address)->sin_addr.s_addr = INADDR_ANY;
}
OVL_INLINE VOID INETADDR_SETLOOPBACK(PSOCKADDR address) {
    if (address->sa_family == AF_INET6) ((PSOCKADDR_IN6)address)->sin6_addr = in6addr_loopback;
    else ((PSOCKADDR_IN)address)->sin_addr.s_addr = OVL_NETWORK32(INADDR_LOOPBACK);
}

#endif
