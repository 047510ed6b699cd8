/* See iphlpapi.h. */
#ifndef OVL_IPRTRMIB_H
#define OVL_IPRTRMIB_H
#include "iphlpapi.h"

#endif
