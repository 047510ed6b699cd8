/* Random numbers; of security there is nothing else. */
#ifndef OVL_NTSECAPI_H
#define OVL_NTSECAPI_H
#include "ovl/types.h"

OVL_BEGIN
BOOLEAN WINAPI SystemFunction036(PVOID to, ULONG bytes) OVL_SYMBOL(SystemFunction036);
OVL_END
#define RtlGenRandom SystemFunction036

#endif
