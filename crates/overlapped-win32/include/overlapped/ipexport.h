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
#define IP_GENERAL_FAILURE 11050

#endif
