/* Names of services for lookups: none is needed for names of computers. */
#ifndef OVL_SVCGUID_H
#define OVL_SVCGUID_H
#include "guiddef.h"

#endif
