/* Interfaces by name and number, their addresses, and routes. Names are those of Linux (eth0). */
#ifndef OVL_NETIOAPI_H
#define OVL_NETIOAPI_H
#include "ws2ipdef.h"
#include "nldef.h"

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

typedef struct _MIB_UNICASTIPADDRESS_ROW {
    SOCKADDR_INET Address;
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    NL_PREFIX_ORIGIN PrefixOrigin;
    NL_SUFFIX_ORIGIN SuffixOrigin;
    ULONG ValidLifetime;
    ULONG PreferredLifetime;
    UINT8 OnLinkPrefixLength;
    BOOLEAN SkipAsSource;
    NL_DAD_STATE DadState;
    SCOPE_ID ScopeId;
    LARGE_INTEGER CreationTimeStamp;
} MIB_UNICASTIPADDRESS_ROW, *PMIB_UNICASTIPADDRESS_ROW;
OVL_SIZE(MIB_UNICASTIPADDRESS_ROW, 80);
typedef struct _MIB_UNICASTIPADDRESS_TABLE {
    ULONG NumEntries;
    MIB_UNICASTIPADDRESS_ROW Table[1];
} MIB_UNICASTIPADDRESS_TABLE, *PMIB_UNICASTIPADDRESS_TABLE;
OVL_SIZE(MIB_UNICASTIPADDRESS_TABLE, 88);
typedef struct _IP_ADDRESS_PREFIX {
    SOCKADDR_INET Prefix;
    UINT8 PrefixLength;
} IP_ADDRESS_PREFIX, *PIP_ADDRESS_PREFIX;
OVL_SIZE(IP_ADDRESS_PREFIX, 32);
typedef struct _MIB_IPFORWARD_ROW2 {
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    IP_ADDRESS_PREFIX DestinationPrefix;
    SOCKADDR_INET NextHop;
    UCHAR SitePrefixLength;
    ULONG ValidLifetime;
    ULONG PreferredLifetime;
    ULONG Metric;
    NL_ROUTE_PROTOCOL Protocol;
    BOOLEAN Loopback;
    BOOLEAN AutoconfigureAddress;
    BOOLEAN Publish;
    BOOLEAN Immortal;
    ULONG Age;
    NL_ROUTE_ORIGIN Origin;
} MIB_IPFORWARD_ROW2, *PMIB_IPFORWARD_ROW2;
OVL_SIZE(MIB_IPFORWARD_ROW2, 104);
typedef struct _MIB_IPFORWARD_TABLE2 {
    ULONG NumEntries;
    MIB_IPFORWARD_ROW2 Table[1];
} MIB_IPFORWARD_TABLE2, *PMIB_IPFORWARD_TABLE2;
OVL_SIZE(MIB_IPFORWARD_TABLE2, 112);

/* ---- Notices of changes: their rows have only what identifies them. */
typedef enum _MIB_NOTIFICATION_TYPE {
    MibParameterNotification,
    MibAddInstance,
    MibDeleteInstance,
    MibInitialNotification
} MIB_NOTIFICATION_TYPE, *PMIB_NOTIFICATION_TYPE;
typedef struct _MIB_IPINTERFACE_ROW {
    ADDRESS_FAMILY Family;
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    ULONG MaxReassemblySize;
    ULONG64 InterfaceIdentifier;
    ULONG MinRouterAdvertisementInterval;
    ULONG MaxRouterAdvertisementInterval;
    BOOLEAN AdvertisingEnabled;
    BOOLEAN ForwardingEnabled;
    BOOLEAN WeakHostSend;
    BOOLEAN WeakHostReceive;
    BOOLEAN UseAutomaticMetric;
    BOOLEAN UseNeighborUnreachabilityDetection;
    BOOLEAN ManagedAddressConfigurationSupported;
    BOOLEAN OtherStatefulConfigurationSupported;
    BOOLEAN AdvertiseDefaultRoute;
    NL_ROUTER_DISCOVERY_BEHAVIOR RouterDiscoveryBehavior;
    ULONG DadTransmits;
    ULONG BaseReachableTime;
    ULONG RetransmitTime;
    ULONG PathMtuDiscoveryTimeout;
    NL_LINK_LOCAL_ADDRESS_BEHAVIOR LinkLocalAddressBehavior;
    ULONG LinkLocalAddressTimeout;
    ULONG ZoneIndices[16];
    ULONG SitePrefixLength;
    ULONG Metric;
    ULONG NlMtu;
    BOOLEAN Connected;
    BOOLEAN SupportsWakeUpPatterns;
    BOOLEAN SupportsNeighborDiscovery;
    BOOLEAN SupportsRouterDiscovery;
    ULONG ReachableTime;
    NL_INTERFACE_OFFLOAD_ROD TransmitOffload;
    NL_INTERFACE_OFFLOAD_ROD ReceiveOffload;
    BOOLEAN DisableDefaultRoutes;
} MIB_IPINTERFACE_ROW, *PMIB_IPINTERFACE_ROW;
OVL_SIZE(MIB_IPINTERFACE_ROW, 168);
typedef VOID(NETIOAPI_API_ *PIPINTERFACE_CHANGE_CALLBACK)(PVOID context, PMIB_IPINTERFACE_ROW row, MIB_NOTIFICATION_TYPE what);
typedef VOID(NETIOAPI_API_ *PUNICAST_IPADDRESS_CHANGE_CALLBACK)(PVOID context, PMIB_UNICASTIPADDRESS_ROW row, MIB_NOTIFICATION_TYPE what);
typedef VOID(NETIOAPI_API_ *PIPFORWARD_CHANGE_CALLBACK)(PVOID context, PMIB_IPFORWARD_ROW2 row, MIB_NOTIFICATION_TYPE what);

OVL_BEGIN
NETIO_STATUS WINAPI NotifyIpInterfaceChange(ADDRESS_FAMILY family, PIPINTERFACE_CHANGE_CALLBACK routine, PVOID context, BOOLEAN initial,
                                            HANDLE *to) OVL_SYMBOL(NotifyIpInterfaceChange);
NETIO_STATUS WINAPI NotifyUnicastIpAddressChange(ADDRESS_FAMILY family, PUNICAST_IPADDRESS_CHANGE_CALLBACK routine, PVOID context,
                                                 BOOLEAN initial, HANDLE *to) OVL_SYMBOL(NotifyUnicastIpAddressChange);
NETIO_STATUS WINAPI NotifyRouteChange2(ADDRESS_FAMILY family, PIPFORWARD_CHANGE_CALLBACK routine, PVOID context, BOOLEAN initial,
                                       HANDLE *to) OVL_SYMBOL(NotifyRouteChange2);
NETIO_STATUS WINAPI CancelMibChangeNotify2(HANDLE notice) OVL_SYMBOL(CancelMibChangeNotify2);
NETIO_STATUS WINAPI GetUnicastIpAddressTable(ADDRESS_FAMILY family, PMIB_UNICASTIPADDRESS_TABLE *to) OVL_SYMBOL(GetUnicastIpAddressTable);
NETIO_STATUS WINAPI GetIpForwardTable2(ADDRESS_FAMILY family, PMIB_IPFORWARD_TABLE2 *to) OVL_SYMBOL(GetIpForwardTable2);
NETIO_STATUS WINAPI GetBestRoute2(NET_LUID *luid, NET_IFINDEX index, const SOCKADDR_INET *from, const SOCKADDR_INET *target, ULONG sort,
                                  PMIB_IPFORWARD_ROW2 best, SOCKADDR_INET *source) OVL_SYMBOL(GetBestRoute2);
VOID WINAPI FreeMibTable(PVOID table) OVL_SYMBOL(FreeMibTable);
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
