/* See iphlpapi.h. */
#ifndef OVL_TCPMIB_H
#define OVL_TCPMIB_H
#include "iphlpapi.h"

#endif
