/* Addresses as the network's tables have them; iphlpapi.h includes it. */
#ifndef OVL_IPEXPORT_H
#define OVL_IPEXPORT_H
#include "ovl/types.h"

typedef ULONG IPAddr, IPMask, IP_STATUS;

/* Echo requests and their answers (icmpapi.h). */
typedef struct ip_option_information {
    UCHAR Ttl;
    UCHAR Tos;
    UCHAR Flags;
    UCHAR OptionsSize;
    PUCHAR OptionsData;
} IP_OPTION_INFORMATION, *PIP_OPTION_INFORMATION;
OVL_SIZE(IP_OPTION_INFORMATION, 16);
typedef struct icmp_echo_reply {
    IPAddr Address;
    ULONG Status;
    ULONG RoundTripTime;
    USHORT DataSize;
    USHORT Reserved;
    PVOID Data;
    struct ip_option_information Options;
} ICMP_ECHO_REPLY, *PICMP_ECHO_REPLY;
OVL_SIZE(ICMP_ECHO_REPLY, 40);

#pragma pack(push, 1)
typedef struct _IPV6_ADDRESS_EX {
    USHORT sin6_port;
    ULONG sin6_flowinfo;
    USHORT sin6_addr[8];
    ULONG sin6_scope_id;
} IPV6_ADDRESS_EX, *PIPV6_ADDRESS_EX;
#pragma pack(pop)
OVL_SIZE(IPV6_ADDRESS_EX, 26);
typedef struct icmpv6_echo_reply_lh {
    IPV6_ADDRESS_EX Address;
    ULONG Status;
    unsigned int RoundTripTime;
} ICMPV6_ECHO_REPLY_LH, *PICMPV6_ECHO_REPLY_LH, ICMPV6_ECHO_REPLY, *PICMPV6_ECHO_REPLY;
OVL_SIZE(ICMPV6_ECHO_REPLY, 36);

#define IP_FLAG_REVERSE 0x1
#define IP_FLAG_DF 0x2
#define IP_STATUS_BASE 11000
#define IP_SUCCESS 0
#define IP_BUF_TOO_SMALL 11001
#define IP_DEST_NET_UNREACHABLE 11002
#define IP_DEST_HOST_UNREACHABLE 11003
#define IP_DEST_PROT_UNREACHABLE 11004
#define IP_DEST_PORT_UNREACHABLE 11005
#define IP_NO_RESOURCES 11006
#define IP_BAD_OPTION 11007
#define IP_HW_ERROR 11008
#define IP_PACKET_TOO_BIG 11009
#define IP_REQ_TIMED_OUT 11010
#define IP_BAD_REQ 11011
#define IP_BAD_ROUTE 11012
#define IP_TTL_EXPIRED_TRANSIT 11013
#define IP_TTL_EXPIRED_REASSEM 11014
#define IP_PARAM_PROBLEM 11015
#define IP_SOURCE_QUENCH 11016
#define IP_OPTION_TOO_BIG 11017
#define IP_BAD_DESTINATION 11018
#define IP_DEST_NO_ROUTE IP_DEST_NET_UNREACHABLE
#define IP_DEST_ADDR_UNREACHABLE IP_DEST_HOST_UNREACHABLE
#define IP_DEST_PROHIBITED IP_DEST_PROT_UNREACHABLE
#define IP_HOP_LIMIT_EXCEEDED IP_TTL_EXPIRED_TRANSIT
#define IP_REASSEMBLY_TIME_EXCEEDED IP_TTL_EXPIRED_REASSEM
#define IP_PARAMETER_PROBLEM IP_PARAM_PROBLEM
#define IP_GENERAL_FAILURE 11050

#endif
