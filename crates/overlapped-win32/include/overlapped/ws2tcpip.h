/* Names and addresses. */
#ifndef OVL_WS2TCPIP_H
#define OVL_WS2TCPIP_H
#define _WS2TCPIP_H_
#include "winsock2.h"
#include "ws2ipdef.h"

OVL_BEGIN
INT WSAAPI getaddrinfo(PCSTR node, PCSTR service, const ADDRINFOA *hints, PADDRINFOA *to) OVL_SYMBOL(getaddrinfo);
INT WSAAPI GetAddrInfoW(PCWSTR node, PCWSTR service, const ADDRINFOW *hints, PADDRINFOW *to) OVL_SYMBOL(GetAddrInfoW);
VOID WSAAPI freeaddrinfo(PADDRINFOA list) OVL_SYMBOL(freeaddrinfo);
VOID WSAAPI FreeAddrInfoW(PADDRINFOW list) OVL_SYMBOL(FreeAddrInfoW);
INT WSAAPI getnameinfo(const SOCKADDR *address, socklen_t bytes, PCHAR node, DWORD nodeRoom, PCHAR service, DWORD serviceRoom,
                       INT flags) OVL_SYMBOL(getnameinfo);
INT WSAAPI GetNameInfoW(const SOCKADDR *address, socklen_t bytes, PWCHAR node, DWORD nodeRoom, PWCHAR service, DWORD serviceRoom,
                        INT flags) OVL_SYMBOL(GetNameInfoW);
INT WSAAPI inet_pton(INT family, PCSTR text, PVOID to) OVL_SYMBOL(inet_pton);
INT WSAAPI InetPtonW(INT family, PCWSTR text, PVOID to) OVL_SYMBOL(InetPtonW);
PCSTR WSAAPI inet_ntop(INT family, const VOID *from, PSTR to, size_t room) OVL_SYMBOL(inet_ntop);
PCWSTR WSAAPI InetNtopW(INT family, const VOID *from, PWSTR to, size_t room) OVL_SYMBOL(InetNtopW);
typedef VOID(CALLBACK *LPLOOKUPSERVICE_COMPLETION_ROUTINE)(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped);
INT WSAAPI GetAddrInfoExA(PCSTR node, PCSTR service, DWORD nameSpace, LPGUID provider, const ADDRINFOEXA *hints,
                          PADDRINFOEXA *to, struct timeval *timeout, LPOVERLAPPED overlapped,
                          LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, LPHANDLE name) OVL_SYMBOL(GetAddrInfoExA);
INT WSAAPI GetAddrInfoExW(PCWSTR node, PCWSTR service, DWORD nameSpace, LPGUID provider, const ADDRINFOEXW *hints,
                          PADDRINFOEXW *to, struct timeval *timeout, LPOVERLAPPED overlapped,
                          LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, LPHANDLE name) OVL_SYMBOL(GetAddrInfoExW);
INT WSAAPI GetAddrInfoExCancel(LPHANDLE name) OVL_SYMBOL(GetAddrInfoExCancel);
INT WSAAPI GetAddrInfoExOverlappedResult(LPOVERLAPPED overlapped) OVL_SYMBOL(GetAddrInfoExOverlappedResult);
void WSAAPI FreeAddrInfoEx(PADDRINFOEXA list) OVL_SYMBOL(FreeAddrInfoEx);
void WSAAPI FreeAddrInfoExW(PADDRINFOEXW list) OVL_SYMBOL(FreeAddrInfoExW);
char *gai_strerrorA(int code) OVL_SYMBOL(gai_strerrorA);
WCHAR *gai_strerrorW(int code) OVL_SYMBOL(gai_strerrorW);
OVL_END

#define gai_strerror OVL_AW(gai_strerror)
#define InetPtonA inet_pton
#define InetNtopA inet_ntop
#define InetPton OVL_AW(InetPton)
#define InetNtop OVL_AW(InetNtop)
#define GetAddrInfoA getaddrinfo
#define FreeAddrInfoA freeaddrinfo
#define GetNameInfoA getnameinfo
#define GetAddrInfo OVL_AW(GetAddrInfo)
#define FreeAddrInfo OVL_AW(FreeAddrInfo)
#define GetNameInfo OVL_AW(GetNameInfo)
#define GetAddrInfoEx OVL_AW(GetAddrInfoEx)
#define FreeAddrInfoExA FreeAddrInfoEx
#ifdef UNICODE
#define FreeAddrInfoEx FreeAddrInfoExW
#endif

#endif
