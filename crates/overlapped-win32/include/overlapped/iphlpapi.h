/* The network's adapters. */
#ifndef OVL_IPHLPAPI_H
#define OVL_IPHLPAPI_H
#include "windows.h"
#include "ipexport.h"
#include "iptypes.h"
#include "netioapi.h"

/* ---- Tables. */
#define ANY_SIZE 1
#define MIB_IPADDR_PRIMARY 0x0001
typedef struct _MIB_IPADDRROW {
    DWORD dwAddr;
    IF_INDEX dwIndex;
    DWORD dwMask;
    DWORD dwBCastAddr;
    DWORD dwReasmSize;
    unsigned short unused1;
    unsigned short wType;
} MIB_IPADDRROW, *PMIB_IPADDRROW;
OVL_SIZE(MIB_IPADDRROW, 24);
typedef struct _MIB_IPADDRTABLE {
    DWORD dwNumEntries;
    MIB_IPADDRROW table[ANY_SIZE];
} MIB_IPADDRTABLE, *PMIB_IPADDRTABLE;

typedef enum {
    MIB_TCP_STATE_CLOSED = 1,
    MIB_TCP_STATE_LISTEN,
    MIB_TCP_STATE_SYN_SENT,
    MIB_TCP_STATE_SYN_RCVD,
    MIB_TCP_STATE_ESTAB,
    MIB_TCP_STATE_FIN_WAIT1,
    MIB_TCP_STATE_FIN_WAIT2,
    MIB_TCP_STATE_CLOSE_WAIT,
    MIB_TCP_STATE_CLOSING,
    MIB_TCP_STATE_LAST_ACK,
    MIB_TCP_STATE_TIME_WAIT,
    MIB_TCP_STATE_DELETE_TCB
} MIB_TCP_STATE;
typedef enum _TCP_TABLE_CLASS {
    TCP_TABLE_BASIC_LISTENER,
    TCP_TABLE_BASIC_CONNECTIONS,
    TCP_TABLE_BASIC_ALL,
    TCP_TABLE_OWNER_PID_LISTENER,
    TCP_TABLE_OWNER_PID_CONNECTIONS,
    TCP_TABLE_OWNER_PID_ALL,
    TCP_TABLE_OWNER_MODULE_LISTENER,
    TCP_TABLE_OWNER_MODULE_CONNECTIONS,
    TCP_TABLE_OWNER_MODULE_ALL
} TCP_TABLE_CLASS, *PTCP_TABLE_CLASS;
typedef enum _UDP_TABLE_CLASS { UDP_TABLE_BASIC, UDP_TABLE_OWNER_PID, UDP_TABLE_OWNER_MODULE } UDP_TABLE_CLASS, *PUDP_TABLE_CLASS;
typedef struct _MIB_TCPROW {
    __extension__ union {
        DWORD dwState;
        MIB_TCP_STATE State;
    };
    DWORD dwLocalAddr;
    DWORD dwLocalPort;
    DWORD dwRemoteAddr;
    DWORD dwRemotePort;
} MIB_TCPROW, *PMIB_TCPROW;
typedef struct _MIB_TCPTABLE {
    DWORD dwNumEntries;
    MIB_TCPROW table[ANY_SIZE];
} MIB_TCPTABLE, *PMIB_TCPTABLE;
typedef struct _MIB_TCPROW_OWNER_PID {
    DWORD dwState;
    DWORD dwLocalAddr;
    DWORD dwLocalPort;
    DWORD dwRemoteAddr;
    DWORD dwRemotePort;
    DWORD dwOwningPid;
} MIB_TCPROW_OWNER_PID, *PMIB_TCPROW_OWNER_PID;
typedef struct _MIB_TCPTABLE_OWNER_PID {
    DWORD dwNumEntries;
    MIB_TCPROW_OWNER_PID table[ANY_SIZE];
} MIB_TCPTABLE_OWNER_PID, *PMIB_TCPTABLE_OWNER_PID;
typedef struct _MIB_TCP6ROW_OWNER_PID {
    UCHAR ucLocalAddr[16];
    DWORD dwLocalScopeId;
    DWORD dwLocalPort;
    UCHAR ucRemoteAddr[16];
    DWORD dwRemoteScopeId;
    DWORD dwRemotePort;
    DWORD dwState;
    DWORD dwOwningPid;
} MIB_TCP6ROW_OWNER_PID, *PMIB_TCP6ROW_OWNER_PID;
OVL_SIZE(MIB_TCP6ROW_OWNER_PID, 56);
typedef struct _MIB_TCP6TABLE_OWNER_PID {
    DWORD dwNumEntries;
    MIB_TCP6ROW_OWNER_PID table[ANY_SIZE];
} MIB_TCP6TABLE_OWNER_PID, *PMIB_TCP6TABLE_OWNER_PID;
typedef struct _MIB_TCP6ROW {
    MIB_TCP_STATE State;
    IN6_ADDR LocalAddr;
    DWORD dwLocalScopeId;
    DWORD dwLocalPort;
    IN6_ADDR RemoteAddr;
    DWORD dwRemoteScopeId;
    DWORD dwRemotePort;
} MIB_TCP6ROW, *PMIB_TCP6ROW;
OVL_SIZE(MIB_TCP6ROW, 52);
typedef struct _MIB_TCP6TABLE {
    DWORD dwNumEntries;
    MIB_TCP6ROW table[ANY_SIZE];
} MIB_TCP6TABLE, *PMIB_TCP6TABLE;
typedef struct _MIB_UDP6ROW {
    IN6_ADDR dwLocalAddr;
    DWORD dwLocalScopeId;
    DWORD dwLocalPort;
} MIB_UDP6ROW, *PMIB_UDP6ROW;
OVL_SIZE(MIB_UDP6ROW, 24);
typedef struct _MIB_UDP6TABLE {
    DWORD dwNumEntries;
    MIB_UDP6ROW table[ANY_SIZE];
} MIB_UDP6TABLE, *PMIB_UDP6TABLE;
typedef struct _MIB_UDPROW {
    DWORD dwLocalAddr;
    DWORD dwLocalPort;
} MIB_UDPROW, *PMIB_UDPROW;
typedef struct _MIB_UDPTABLE {
    DWORD dwNumEntries;
    MIB_UDPROW table[ANY_SIZE];
} MIB_UDPTABLE, *PMIB_UDPTABLE;
typedef struct _MIB_UDPROW_OWNER_PID {
    DWORD dwLocalAddr;
    DWORD dwLocalPort;
    DWORD dwOwningPid;
} MIB_UDPROW_OWNER_PID, *PMIB_UDPROW_OWNER_PID;
typedef struct _MIB_UDPTABLE_OWNER_PID {
    DWORD dwNumEntries;
    MIB_UDPROW_OWNER_PID table[ANY_SIZE];
} MIB_UDPTABLE_OWNER_PID, *PMIB_UDPTABLE_OWNER_PID;
typedef struct _MIB_UDP6ROW_OWNER_PID {
    UCHAR ucLocalAddr[16];
    DWORD dwLocalScopeId;
    DWORD dwLocalPort;
    DWORD dwOwningPid;
} MIB_UDP6ROW_OWNER_PID, *PMIB_UDP6ROW_OWNER_PID;
typedef struct _MIB_UDP6TABLE_OWNER_PID {
    DWORD dwNumEntries;
    MIB_UDP6ROW_OWNER_PID table[ANY_SIZE];
} MIB_UDP6TABLE_OWNER_PID, *PMIB_UDP6TABLE_OWNER_PID;

/* ---- Interfaces and routes. */
#define MAX_INTERFACE_NAME_LEN 256
#define MAXLEN_PHYSADDR 8
#define MAXLEN_IFDESCR 256
#define MIB_IF_TYPE_OTHER 1
#define MIB_IF_TYPE_ETHERNET 6
#define MIB_IF_TYPE_PPP 23
#define MIB_IF_TYPE_LOOPBACK 24
#define MIB_IF_ADMIN_STATUS_UP 1
#define MIB_IF_ADMIN_STATUS_DOWN 2
#define MIB_IF_ADMIN_STATUS_TESTING 3
typedef enum _INTERNAL_IF_OPER_STATUS {
    IF_OPER_STATUS_NON_OPERATIONAL,
    IF_OPER_STATUS_UNREACHABLE,
    IF_OPER_STATUS_DISCONNECTED,
    IF_OPER_STATUS_CONNECTING,
    IF_OPER_STATUS_CONNECTED,
    IF_OPER_STATUS_OPERATIONAL
} INTERNAL_IF_OPER_STATUS;
#define MIB_IF_OPER_STATUS_NON_OPERATIONAL IF_OPER_STATUS_NON_OPERATIONAL
#define MIB_IF_OPER_STATUS_UNREACHABLE IF_OPER_STATUS_UNREACHABLE
#define MIB_IF_OPER_STATUS_DISCONNECTED IF_OPER_STATUS_DISCONNECTED
#define MIB_IF_OPER_STATUS_CONNECTING IF_OPER_STATUS_CONNECTING
#define MIB_IF_OPER_STATUS_CONNECTED IF_OPER_STATUS_CONNECTED
#define MIB_IF_OPER_STATUS_OPERATIONAL IF_OPER_STATUS_OPERATIONAL
typedef struct _MIB_IFROW {
    WCHAR wszName[MAX_INTERFACE_NAME_LEN];
    IF_INDEX dwIndex;
    IFTYPE dwType;
    DWORD dwMtu;
    DWORD dwSpeed;
    DWORD dwPhysAddrLen;
    UCHAR bPhysAddr[MAXLEN_PHYSADDR];
    DWORD dwAdminStatus;
    INTERNAL_IF_OPER_STATUS dwOperStatus;
    DWORD dwLastChange;
    DWORD dwInOctets;
    DWORD dwInUcastPkts;
    DWORD dwInNUcastPkts;
    DWORD dwInDiscards;
    DWORD dwInErrors;
    DWORD dwInUnknownProtos;
    DWORD dwOutOctets;
    DWORD dwOutUcastPkts;
    DWORD dwOutNUcastPkts;
    DWORD dwOutDiscards;
    DWORD dwOutErrors;
    DWORD dwOutQLen;
    DWORD dwDescrLen;
    UCHAR bDescr[MAXLEN_IFDESCR];
} MIB_IFROW, *PMIB_IFROW;
OVL_SIZE(MIB_IFROW, 860);
typedef struct _MIB_IFTABLE {
    DWORD dwNumEntries;
    MIB_IFROW table[ANY_SIZE];
} MIB_IFTABLE, *PMIB_IFTABLE;
typedef enum {
    MIB_IPROUTE_TYPE_OTHER = 1,
    MIB_IPROUTE_TYPE_INVALID,
    MIB_IPROUTE_TYPE_DIRECT,
    MIB_IPROUTE_TYPE_INDIRECT
} MIB_IPFORWARD_TYPE;
typedef NL_ROUTE_PROTOCOL MIB_IPFORWARD_PROTO;
#define MIB_IPPROTO_OTHER 1
#define MIB_IPPROTO_LOCAL 2
#define MIB_IPPROTO_NETMGMT 3
#define MIB_IPROUTE_METRIC_UNUSED ((DWORD)-1)
typedef struct _MIB_IPFORWARDROW {
    DWORD dwForwardDest;
    DWORD dwForwardMask;
    DWORD dwForwardPolicy;
    DWORD dwForwardNextHop;
    IF_INDEX dwForwardIfIndex;
    __extension__ union {
        DWORD dwForwardType;
        MIB_IPFORWARD_TYPE ForwardType;
    };
    __extension__ union {
        DWORD dwForwardProto;
        MIB_IPFORWARD_PROTO ForwardProto;
    };
    DWORD dwForwardAge;
    DWORD dwForwardNextHopAS;
    DWORD dwForwardMetric1;
    DWORD dwForwardMetric2;
    DWORD dwForwardMetric3;
    DWORD dwForwardMetric4;
    DWORD dwForwardMetric5;
} MIB_IPFORWARDROW, *PMIB_IPFORWARDROW;
OVL_SIZE(MIB_IPFORWARDROW, 56);
typedef struct _MIB_IPFORWARDTABLE {
    DWORD dwNumEntries;
    MIB_IPFORWARDROW table[ANY_SIZE];
} MIB_IPFORWARDTABLE, *PMIB_IPFORWARDTABLE;

OVL_BEGIN
DWORD WINAPI GetAdaptersInfo(PIP_ADAPTER_INFO to, PULONG bytes) OVL_SYMBOL(GetAdaptersInfo);
DWORD WINAPI GetPerAdapterInfo(ULONG index, PIP_PER_ADAPTER_INFO to, PULONG bytes) OVL_SYMBOL(GetPerAdapterInfo);
DWORD WINAPI GetIfTable(PMIB_IFTABLE to, PULONG bytes, BOOL order) OVL_SYMBOL(GetIfTable);
DWORD WINAPI GetIfEntry(PMIB_IFROW row) OVL_SYMBOL(GetIfEntry);
DWORD WINAPI GetIpForwardTable(PMIB_IPFORWARDTABLE to, PULONG bytes, BOOL order) OVL_SYMBOL(GetIpForwardTable);
DWORD WINAPI GetBestInterfaceEx(struct sockaddr *to, PDWORD index) OVL_SYMBOL(GetBestInterfaceEx);
ULONG WINAPI GetTcp6Table(PMIB_TCP6TABLE to, PULONG bytes, BOOL order) OVL_SYMBOL(GetTcp6Table);
ULONG WINAPI GetUdp6Table(PMIB_UDP6TABLE to, PULONG bytes, BOOL order) OVL_SYMBOL(GetUdp6Table);
DWORD WINAPI GetIpAddrTable(PMIB_IPADDRTABLE to, PULONG bytes, BOOL order) OVL_SYMBOL(GetIpAddrTable);
DWORD WINAPI GetBestInterface(IPAddr to, PDWORD index) OVL_SYMBOL(GetBestInterface);
DWORD WINAPI GetNumberOfInterfaces(PDWORD count) OVL_SYMBOL(GetNumberOfInterfaces);
ULONG WINAPI GetTcpTable(PMIB_TCPTABLE to, PULONG bytes, BOOL order) OVL_SYMBOL(GetTcpTable);
ULONG WINAPI GetUdpTable(PMIB_UDPTABLE to, PULONG bytes, BOOL order) OVL_SYMBOL(GetUdpTable);
DWORD WINAPI GetExtendedTcpTable(PVOID to, PDWORD bytes, BOOL order, ULONG family, TCP_TABLE_CLASS what, ULONG reserved)
    OVL_SYMBOL(GetExtendedTcpTable);
DWORD WINAPI GetExtendedUdpTable(PVOID to, PDWORD bytes, BOOL order, ULONG family, UDP_TABLE_CLASS what, ULONG reserved)
    OVL_SYMBOL(GetExtendedUdpTable);
DWORD WINAPI NotifyAddrChange(PHANDLE to, LPOVERLAPPED overlapped) OVL_SYMBOL(NotifyAddrChange);
DWORD WINAPI NotifyRouteChange(PHANDLE to, LPOVERLAPPED overlapped) OVL_SYMBOL(NotifyRouteChange);
BOOL WINAPI CancelIPChangeNotify(LPOVERLAPPED overlapped) OVL_SYMBOL(CancelIPChangeNotify);
ULONG WINAPI GetAdaptersAddresses(ULONG family, ULONG flags, PVOID reserved, PIP_ADAPTER_ADDRESSES to, PULONG bytes)
    OVL_SYMBOL(GetAdaptersAddresses);
DWORD WINAPI GetNetworkParams(PFIXED_INFO to, PULONG bytes) OVL_SYMBOL(GetNetworkParams);
OVL_END

#include "ovl/outparams.h"
OVL_OUT(ULONG, GetAdaptersAddresses,
        (ULONG family, ULONG flags, PVOID reserved, PIP_ADAPTER_ADDRESSES to, OVL_LONG out), out,
        (family, flags, reserved, to, OVL_TAKEN))
#ifdef OVL_CHOOSE
#define GetAdaptersAddresses(a, b, c, d, e) OVL_CHOOSE(GetAdaptersAddresses, e)(a, b, c, d, e)
#elif defined(__cplusplus)
/* Of several functions none has an address that configuration scripts could take; they ask for a macro first. */
#define GetAdaptersAddresses GetAdaptersAddresses
#endif

#endif
