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

OVL_BEGIN
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
