/* The thread pool's older functions. */
#ifndef OVL_THREADPOOLLEGACYAPISET_H
#define OVL_THREADPOOLLEGACYAPISET_H
#include "minwinbase.h"

OVL_BEGIN
WINBASEAPI BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE function, PVOID context, ULONG flags)
    OVL_SYMBOL(QueueUserWorkItem);
WINBASEAPI BOOL WINAPI RegisterWaitForSingleObject(PHANDLE wait, HANDLE object, WAITORTIMERCALLBACK callback, PVOID context,
                                                   ULONG milliseconds, ULONG flags) OVL_SYMBOL(RegisterWaitForSingleObject);
WINBASEAPI BOOL WINAPI UnregisterWait(HANDLE wait) OVL_SYMBOL(UnregisterWait);
WINBASEAPI BOOL WINAPI UnregisterWaitEx(HANDLE wait, HANDLE done) OVL_SYMBOL(UnregisterWaitEx);
OVL_END

OVL_BEGIN
WINBASEAPI HANDLE WINAPI CreateTimerQueue(VOID) OVL_SYMBOL(CreateTimerQueue);
WINBASEAPI BOOL WINAPI CreateTimerQueueTimer(PHANDLE timer, HANDLE queue, WAITORTIMERCALLBACK callback, PVOID parameter, DWORD due,
                                             DWORD period, ULONG flags) OVL_SYMBOL(CreateTimerQueueTimer);
WINBASEAPI BOOL WINAPI ChangeTimerQueueTimer(HANDLE queue, HANDLE timer, ULONG due, ULONG period)
    OVL_SYMBOL(ChangeTimerQueueTimer);
WINBASEAPI BOOL WINAPI DeleteTimerQueueTimer(HANDLE queue, HANDLE timer, HANDLE done) OVL_SYMBOL(DeleteTimerQueueTimer);
WINBASEAPI BOOL WINAPI DeleteTimerQueue(HANDLE queue) OVL_SYMBOL(DeleteTimerQueue);
WINBASEAPI BOOL WINAPI DeleteTimerQueueEx(HANDLE queue, HANDLE done) OVL_SYMBOL(DeleteTimerQueueEx);
WINBASEAPI BOOL WINAPI CancelTimerQueueTimer(HANDLE queue, HANDLE timer) OVL_SYMBOL(CancelTimerQueueTimer);
WINBASEAPI HANDLE WINAPI SetTimerQueueTimer(HANDLE queue, WAITORTIMERCALLBACK callback, PVOID parameter, DWORD due, DWORD period,
                                            BOOL preferIo) OVL_SYMBOL(SetTimerQueueTimer);
OVL_END

#endif
