/* The multimedia clock: milliseconds since the system started. */
#ifndef OVL_TIMEAPI_H
#define OVL_TIMEAPI_H
#include "minwindef.h"

typedef UINT MMRESULT;
#define TIMERR_NOERROR 0

OVL_BEGIN
WINBASEAPI DWORD WINAPI timeGetTime(VOID) OVL_SYMBOL(timeGetTime);
WINBASEAPI MMRESULT WINAPI timeBeginPeriod(UINT milliseconds) OVL_SYMBOL(timeBeginPeriod);
WINBASEAPI MMRESULT WINAPI timeEndPeriod(UINT milliseconds) OVL_SYMBOL(timeEndPeriod);
OVL_END

#endif
