/* The multimedia clock: milliseconds since the system started. */
#ifndef OVL_TIMEAPI_H
#define OVL_TIMEAPI_H
#include "minwindef.h"

typedef UINT MMRESULT;
#define TIMERR_NOERROR 0

#define TIMERR_NOCANDO 97
#define TIMERR_STRUCT 129
#define TIME_ONESHOT 0x0000
#define TIME_PERIODIC 0x0001
#define TIME_CALLBACK_FUNCTION 0x0000
#define TIME_CALLBACK_EVENT_SET 0x0010
#define TIME_CALLBACK_EVENT_PULSE 0x0020
#define TIME_KILL_SYNCHRONOUS 0x0100
typedef struct timecaps_tag {
    UINT wPeriodMin;
    UINT wPeriodMax;
} TIMECAPS, *PTIMECAPS, *LPTIMECAPS;
typedef VOID(CALLBACK TIMECALLBACK)(UINT timer, UINT message, DWORD_PTR user, DWORD_PTR first, DWORD_PTR second);
typedef TIMECALLBACK *LPTIMECALLBACK;

OVL_BEGIN
WINBASEAPI MMRESULT WINAPI timeSetEvent(UINT delay, UINT resolution, LPTIMECALLBACK callback, DWORD_PTR user, UINT flags)
    OVL_SYMBOL(timeSetEvent);
WINBASEAPI MMRESULT WINAPI timeKillEvent(UINT timer) OVL_SYMBOL(timeKillEvent);
WINBASEAPI MMRESULT WINAPI timeGetDevCaps(LPTIMECAPS to, UINT bytes) OVL_SYMBOL(timeGetDevCaps);
WINBASEAPI DWORD WINAPI timeGetTime(VOID) OVL_SYMBOL(timeGetTime);
WINBASEAPI MMRESULT WINAPI timeBeginPeriod(UINT milliseconds) OVL_SYMBOL(timeBeginPeriod);
WINBASEAPI MMRESULT WINAPI timeEndPeriod(UINT milliseconds) OVL_SYMBOL(timeEndPeriod);
OVL_END

#endif
