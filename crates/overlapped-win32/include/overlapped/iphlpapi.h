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
OVL_END

#endif
