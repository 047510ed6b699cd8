/* Echo requests. */
#ifndef OVL_ICMPAPI_H
#define OVL_ICMPAPI_H
#include "windows.h"
#include "ipexport.h"

#ifndef PIO_APC_ROUTINE_DEFINED
#define PIO_APC_ROUTINE_DEFINED
#ifndef OVL_WINTERNL_H
struct _IO_STATUS_BLOCK;
#endif
#endif
struct sockaddr_in6;
typedef VOID(WINAPI *OVL_ICMP_ROUTINE)(PVOID context, struct _IO_STATUS_BLOCK *status, ULONG reserved);

OVL_BEGIN
HANDLE WINAPI IcmpCreateFile(VOID) OVL_SYMBOL(IcmpCreateFile);
BOOL WINAPI IcmpCloseHandle(HANDLE file) OVL_SYMBOL(IcmpCloseHandle);
DWORD WINAPI IcmpSendEcho(HANDLE file, IPAddr to, LPVOID data, WORD bytes, PIP_OPTION_INFORMATION options, LPVOID reply, DWORD room,
                          DWORD milliseconds) OVL_SYMBOL(IcmpSendEcho);
DWORD WINAPI IcmpSendEcho2(HANDLE file, HANDLE event, OVL_ICMP_ROUTINE routine, PVOID context, IPAddr to, LPVOID data, WORD bytes,
                           PIP_OPTION_INFORMATION options, LPVOID reply, DWORD room, DWORD milliseconds)
    OVL_SYMBOL(IcmpSendEcho2);
DWORD WINAPI IcmpSendEcho2Ex(HANDLE file, HANDLE event, OVL_ICMP_ROUTINE routine, PVOID context, IPAddr from, IPAddr to, LPVOID data,
                             WORD bytes, PIP_OPTION_INFORMATION options, LPVOID reply, DWORD room, DWORD milliseconds)
    OVL_SYMBOL(IcmpSendEcho2Ex);
DWORD WINAPI IcmpParseReplies(LPVOID reply, DWORD room) OVL_SYMBOL(IcmpParseReplies);
HANDLE WINAPI Icmp6CreateFile(VOID) OVL_SYMBOL(Icmp6CreateFile);
DWORD WINAPI Icmp6SendEcho2(HANDLE file, HANDLE event, OVL_ICMP_ROUTINE routine, PVOID context, struct sockaddr_in6 *from,
                            struct sockaddr_in6 *to, LPVOID data, WORD bytes, PIP_OPTION_INFORMATION options, LPVOID reply, DWORD room,
                            DWORD milliseconds) OVL_SYMBOL(Icmp6SendEcho2);
DWORD WINAPI Icmp6ParseReplies(LPVOID reply, DWORD room) OVL_SYMBOL(Icmp6ParseReplies);
OVL_END

#endif
