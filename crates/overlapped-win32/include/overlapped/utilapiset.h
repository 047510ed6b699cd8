/* A sound. */
#ifndef OVL_UTILAPISET_H
#define OVL_UTILAPISET_H
#include "minwindef.h"

OVL_BEGIN
WINBASEAPI BOOL WINAPI Beep(DWORD hertz, DWORD milliseconds) OVL_SYMBOL(Beep);
OVL_END

#endif
