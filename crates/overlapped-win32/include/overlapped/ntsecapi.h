/* Random numbers; of security there is nothing else. */
#ifndef OVL_NTSECAPI_H
#define OVL_NTSECAPI_H
#include "winbase.h"

#define RtlGenRandom SystemFunction036

#endif
