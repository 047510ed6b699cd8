/* See iphlpapi.h. */
#ifndef OVL_IPMIB_H
#define OVL_IPMIB_H
#include "iphlpapi.h"

#endif
