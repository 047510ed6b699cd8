/* Interfaces by name and number. Names are those of Linux (eth0). */
#ifndef OVL_NETIOAPI_H
#define OVL_NETIOAPI_H
#include "ovl/types.h"

#ifndef IF_NAMESIZE
#define IF_NAMESIZE 16
#endif
#define NDIS_IF_MAX_STRING_SIZE 256
#define IF_MAX_STRING_SIZE NDIS_IF_MAX_STRING_SIZE
typedef ULONG NET_IFINDEX, *PNET_IFINDEX, IF_INDEX;

typedef ULONG NETIO_STATUS;
#define NETIOAPI_API_ NTAPI
#define NETIOAPI_API NETIO_STATUS NETIOAPI_API_
#ifndef OVL_NET_LUID
#define OVL_NET_LUID
typedef union _NET_LUID_LH {
    ULONG64 Value;
    struct {
        ULONG64 Reserved : 24;
        ULONG64 NetLuidIndex : 24;
        ULONG64 IfType : 16;
    } Info;
} NET_LUID_LH, *PNET_LUID_LH, NET_LUID, *PNET_LUID, IF_LUID, *PIF_LUID;
OVL_SIZE(NET_LUID, 8);
#endif

OVL_BEGIN
NETIO_STATUS WINAPI ConvertInterfaceIndexToLuid(NET_IFINDEX index, PNET_LUID to) OVL_SYMBOL(ConvertInterfaceIndexToLuid);
NETIO_STATUS WINAPI ConvertInterfaceLuidToIndex(const NET_LUID *luid, NET_IFINDEX *to) OVL_SYMBOL(ConvertInterfaceLuidToIndex);
NETIO_STATUS WINAPI ConvertInterfaceLuidToNameA(const NET_LUID *luid, PSTR to, SIZE_T room) OVL_SYMBOL(ConvertInterfaceLuidToNameA);
NETIO_STATUS WINAPI ConvertInterfaceLuidToNameW(const NET_LUID *luid, PWSTR to, SIZE_T room) OVL_SYMBOL(ConvertInterfaceLuidToNameW);
NETIO_STATUS WINAPI ConvertInterfaceNameToLuidA(PCSTR name, NET_LUID *to) OVL_SYMBOL(ConvertInterfaceNameToLuidA);
NETIO_STATUS WINAPI ConvertInterfaceNameToLuidW(PCWSTR name, NET_LUID *to) OVL_SYMBOL(ConvertInterfaceNameToLuidW);
NET_IFINDEX WINAPI if_nametoindex(PCSTR name) OVL_LIBC(if_nametoindex);
PCHAR WINAPI if_indextoname(NET_IFINDEX index, PCHAR to) OVL_LIBC(if_indextoname);
OVL_END

#endif
