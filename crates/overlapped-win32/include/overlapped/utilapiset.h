/* A sound. */
#ifndef OVL_UTILAPISET_H
#define OVL_UTILAPISET_H
#include "minwindef.h"

OVL_BEGIN
WINBASEAPI BOOL WINAPI Beep(DWORD hertz, DWORD milliseconds) OVL_SYMBOL(Beep);
WINUSERAPI BOOL WINAPI MessageBeep(UINT kind) OVL_SYMBOL(MessageBeep);
OVL_END

#endif
