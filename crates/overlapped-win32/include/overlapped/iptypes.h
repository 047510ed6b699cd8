/* Limits of adapters; iphlpapi.h includes it. */
#ifndef OVL_IPTYPES_H
#define OVL_IPTYPES_H
#include "ovl/types.h"

#define MAX_ADAPTER_DESCRIPTION_LENGTH 128
#define MAX_ADAPTER_NAME_LENGTH 256
#define MAX_ADAPTER_ADDRESS_LENGTH 8
#define MAX_HOSTNAME_LEN 128
#define MAX_DOMAIN_NAME_LEN 128

#endif
