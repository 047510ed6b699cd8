/* Included by habit beside winsock2.h. Of what it declares in Windows (the network's adapters and tables) nothing is here. */
#ifndef OVL_IPHLPAPI_H
#define OVL_IPHLPAPI_H
#include "windows.h"
#include "ipexport.h"
#include "iptypes.h"
#include "netioapi.h"

#endif
