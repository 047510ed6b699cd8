/* The network's adapters. */
#ifndef OVL_IPHLPAPI_H
#define OVL_IPHLPAPI_H
#include "windows.h"
#include "ipexport.h"
#include "iptypes.h"
#include "netioapi.h"

OVL_BEGIN
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
