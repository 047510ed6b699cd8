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

OVL_BEGIN
NET_IFINDEX WINAPI if_nametoindex(PCSTR name) OVL_LIBC(if_nametoindex);
PCHAR WINAPI if_indextoname(NET_IFINDEX index, PCHAR to) OVL_LIBC(if_indextoname);
OVL_END

#endif
