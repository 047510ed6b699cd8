/* Addresses and options of IP. */
#ifndef OVL_WS2IPDEF_H
#define OVL_WS2IPDEF_H
#define _WS2IPDEF_
#include <string.h>
#include "ws2def.h"
#include "in6addr.h"

typedef struct {
    __extension__ union {
        __extension__ struct {
            ULONG Zone : 28;
            ULONG Level : 4;
        };
        ULONG Value;
    };
} SCOPE_ID, *PSCOPE_ID;

typedef struct sockaddr_in6 {
    ADDRESS_FAMILY sin6_family;
    USHORT sin6_port;
    ULONG sin6_flowinfo;
    IN6_ADDR sin6_addr;
    __extension__ union {
        ULONG sin6_scope_id;
        SCOPE_ID sin6_scope_struct;
    };
} SOCKADDR_IN6, *PSOCKADDR_IN6, *LPSOCKADDR_IN6, SOCKADDR_IN6_LH;
OVL_SIZE(SOCKADDR_IN6, 28);

typedef union _SOCKADDR_INET {
    SOCKADDR_IN Ipv4;
    SOCKADDR_IN6 Ipv6;
    ADDRESS_FAMILY si_family;
} SOCKADDR_INET, *PSOCKADDR_INET;
OVL_SIZE(SOCKADDR_INET, 28);

/* Interfaces, as SIO_GET_INTERFACE_LIST tells of them. */
struct sockaddr_in6_old {
    SHORT sin6_family;
    USHORT sin6_port;
    ULONG sin6_flowinfo;
    IN6_ADDR sin6_addr;
};
typedef union sockaddr_gen {
    struct sockaddr Address;
    struct sockaddr_in AddressIn;
    struct sockaddr_in6_old AddressIn6;
} sockaddr_gen;
typedef struct _INTERFACE_INFO {
    ULONG iiFlags;
    sockaddr_gen iiAddress;
    sockaddr_gen iiBroadcastAddress;
    sockaddr_gen iiNetmask;
} INTERFACE_INFO, *LPINTERFACE_INFO;
OVL_SIZE(INTERFACE_INFO, 76);
#define IFF_UP 0x1
#define IFF_BROADCAST 0x2
#define IFF_LOOPBACK 0x4
#define IFF_POINTTOPOINT 0x8
#define IFF_MULTICAST 0x10
#define SIO_GET_INTERFACE_LIST _IOR('t', 127, ULONG)

#define SS_PORT(address) (((struct sockaddr_in *)(address))->sin_port)

#define IP_OPTIONS 1
#define IP_HDRINCL 2
#define IP_TOS 3
#define IP_TTL 4
#define IP_MULTICAST_IF 9
#define IP_MULTICAST_TTL 10
#define IP_MULTICAST_LOOP 11
#define IP_ADD_MEMBERSHIP 12
#define IP_DROP_MEMBERSHIP 13
#define IP_DONTFRAGMENT 14
#define IP_ADD_SOURCE_MEMBERSHIP 15
#define IP_DROP_SOURCE_MEMBERSHIP 16
#define IP_BLOCK_SOURCE 17
#define IP_UNBLOCK_SOURCE 18
#define IP_PKTINFO 19
#define IP_HOPLIMIT 21
#define IP_RECVTTL 21
#define IP_RECEIVE_BROADCAST 22
#define IP_RECVIF 24
#define IP_RECVDSTADDR 25
#define IP_UNICAST_IF 31
#define IP_TCLASS 39
#define IP_RECVTCLASS 40
#define IP_RECVTOS 40
#define IP_MTU_DISCOVER 71
#define IP_MTU 73
#define IP_PMTUDISC_NOT_SET 0
#define IP_PMTUDISC_DO 1
#define IP_PMTUDISC_DONT 2
#define IP_PMTUDISC_PROBE 3
#define MCAST_JOIN_GROUP 41
#define MCAST_LEAVE_GROUP 42
#define MCAST_BLOCK_SOURCE 43
#define MCAST_UNBLOCK_SOURCE 44
#define MCAST_JOIN_SOURCE_GROUP 45
#define MCAST_LEAVE_SOURCE_GROUP 46
#define IPV6_HOPOPTS 1
#define IPV6_HDRINCL 2
#define IPV6_UNICAST_HOPS 4
#define IPV6_MULTICAST_IF 9
#define IPV6_MULTICAST_HOPS 10
#define IPV6_MULTICAST_LOOP 11
#define IPV6_ADD_MEMBERSHIP 12
#define IPV6_JOIN_GROUP IPV6_ADD_MEMBERSHIP
#define IPV6_DROP_MEMBERSHIP 13
#define IPV6_LEAVE_GROUP IPV6_DROP_MEMBERSHIP
#define IPV6_DONTFRAG 14
#define IPV6_PKTINFO 19
#define IPV6_HOPLIMIT 21
#define IPV6_PROTECTION_LEVEL 23
#define IPV6_RECVIF 24
#define IPV6_RECVDSTADDR 25
#define IPV6_UNICAST_IF 31
#define IPV6_TCLASS 39
#define IPV6_RECVTCLASS 40
#define IPV6_MTU_DISCOVER 71
#define IPV6_MTU 72
#define IPV6_V6ONLY 27
#define PROTECTION_LEVEL_DEFAULT ((UINT)-1)
#define PROTECTION_LEVEL_UNRESTRICTED 10
#define PROTECTION_LEVEL_EDGERESTRICTED 20
#define PROTECTION_LEVEL_RESTRICTED 30

typedef struct ip_mreq {
    IN_ADDR imr_multiaddr;
    IN_ADDR imr_interface;
} IP_MREQ, *PIP_MREQ;
OVL_SIZE(IP_MREQ, 8);
typedef struct ip_mreq_source {
    IN_ADDR imr_multiaddr;
    IN_ADDR imr_sourceaddr;
    IN_ADDR imr_interface;
} IP_MREQ_SOURCE, *PIP_MREQ_SOURCE;
OVL_SIZE(IP_MREQ_SOURCE, 12);
typedef struct group_req {
    ULONG gr_interface;
    SOCKADDR_STORAGE gr_group;
} GROUP_REQ, *PGROUP_REQ;
OVL_SIZE(GROUP_REQ, 136);
typedef struct group_source_req {
    ULONG gsr_interface;
    SOCKADDR_STORAGE gsr_group;
    SOCKADDR_STORAGE gsr_source;
} GROUP_SOURCE_REQ, *PGROUP_SOURCE_REQ;
OVL_SIZE(GROUP_SOURCE_REQ, 264);
typedef struct ipv6_mreq {
    IN6_ADDR ipv6mr_multiaddr;
    ULONG ipv6mr_interface;
} IPV6_MREQ, *PIPV6_MREQ;
OVL_SIZE(IPV6_MREQ, 20);
typedef struct in_pktinfo {
    IN_ADDR ipi_addr;
    ULONG ipi_ifindex;
} IN_PKTINFO, *PIN_PKTINFO;
OVL_SIZE(IN_PKTINFO, 8);
typedef struct in6_pktinfo {
    IN6_ADDR ipi6_addr;
    ULONG ipi6_ifindex;
} IN6_PKTINFO, *PIN6_PKTINFO;
OVL_SIZE(IN6_PKTINFO, 20);

#define INET_ADDRSTRLEN 22
#define INET6_ADDRSTRLEN 65
#define IN6ADDR_ANY_INIT {{{0}}}
#define IN6ADDR_LOOPBACK_INIT {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}}
static const IN6_ADDR in6addr_any __attribute__((__unused__)) = IN6ADDR_ANY_INIT;
static const IN6_ADDR in6addr_loopback __attribute__((__unused__)) = IN6ADDR_LOOPBACK_INIT;

OVL_INLINE int IN6_ADDR_EQUAL(const IN6_ADDR *a, const IN6_ADDR *b) { return memcmp(a, b, sizeof(IN6_ADDR)) == 0; }
#define IN6_ARE_ADDR_EQUAL IN6_ADDR_EQUAL
OVL_INLINE int IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR *a) { return IN6_ADDR_EQUAL(a, &in6addr_any); }
OVL_INLINE int IN6_IS_ADDR_LOOPBACK(const IN6_ADDR *a) { return IN6_ADDR_EQUAL(a, &in6addr_loopback); }
OVL_INLINE int IN6_IS_ADDR_MULTICAST(const IN6_ADDR *a) { return a->u.Byte[0] == 0xFF; }
OVL_INLINE int IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR *a) { return a->u.Byte[0] == 0xFE && (a->u.Byte[1] & 0xC0) == 0x80; }
OVL_INLINE int IN6_IS_ADDR_SITELOCAL(const IN6_ADDR *a) { return a->u.Byte[0] == 0xFE && (a->u.Byte[1] & 0xC0) == 0xC0; }
/* An address of IPv4 behind zeros, which is neither :: nor ::1. */
OVL_INLINE int IN6_IS_ADDR_V4COMPAT(const IN6_ADDR *a) {
    return memcmp(a, &in6addr_any, 12) == 0 && !IN6_IS_ADDR_UNSPECIFIED(a) && !IN6_IS_ADDR_LOOPBACK(a);
}
OVL_INLINE int IN6_IS_ADDR_MC_NODELOCAL(const IN6_ADDR *a) { return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xF) == 0x1; }
OVL_INLINE int IN6_IS_ADDR_MC_LINKLOCAL(const IN6_ADDR *a) { return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xF) == 0x2; }
OVL_INLINE int IN6_IS_ADDR_MC_SITELOCAL(const IN6_ADDR *a) { return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xF) == 0x5; }
OVL_INLINE int IN6_IS_ADDR_MC_ORGLOCAL(const IN6_ADDR *a) { return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xF) == 0x8; }
OVL_INLINE int IN6_IS_ADDR_MC_GLOBAL(const IN6_ADDR *a) { return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xF) == 0xE; }
OVL_INLINE int IN6_IS_ADDR_V4MAPPED(const IN6_ADDR *a) {
    return memcmp(a, &in6addr_any, 10) == 0 && a->u.Byte[10] == 0xFF && a->u.Byte[11] == 0xFF;
}

#endif
