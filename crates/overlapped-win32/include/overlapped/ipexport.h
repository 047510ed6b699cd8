/* Addresses as the network's tables have them; iphlpapi.h includes it. */
#ifndef OVL_IPEXPORT_H
#define OVL_IPEXPORT_H
#include "ovl/types.h"

typedef ULONG IPAddr, IPMask, IP_STATUS;

#endif
