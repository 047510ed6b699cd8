/* The thread pool. */
#ifndef OVL_THREADPOOLAPISET_H
#define OVL_THREADPOOLAPISET_H
#include "minwinbase.h"

typedef VOID(WINAPI *PTP_WIN32_IO_CALLBACK)(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped, ULONG error,
                                            ULONG_PTR bytes, PTP_IO io);

/* Environments are the caller's: these only fill fields. */
OVL_INLINE VOID InitializeThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment) {
    memset(environment, 0, sizeof *environment);
    environment->Version = 3;
    environment->CallbackPriority = TP_CALLBACK_PRIORITY_NORMAL;
    environment->Size = sizeof *environment;
}
OVL_INLINE VOID SetThreadpoolCallbackPool(PTP_CALLBACK_ENVIRON environment, PTP_POOL pool) { environment->Pool = pool; }
OVL_INLINE VOID SetThreadpoolCallbackCleanupGroup(PTP_CALLBACK_ENVIRON environment, PTP_CLEANUP_GROUP group,
                                                   PTP_CLEANUP_GROUP_CANCEL_CALLBACK callback) {
    environment->CleanupGroup = group;
    environment->CleanupGroupCancelCallback = callback;
}
OVL_INLINE VOID SetThreadpoolCallbackPriority(PTP_CALLBACK_ENVIRON environment, TP_CALLBACK_PRIORITY priority) {
    environment->CallbackPriority = priority;
}
OVL_INLINE VOID SetThreadpoolCallbackRunsLong(PTP_CALLBACK_ENVIRON environment) { environment->Flags |= 1; }
OVL_INLINE VOID SetThreadpoolCallbackPersistent(PTP_CALLBACK_ENVIRON environment) { environment->Flags |= 2; }
OVL_INLINE VOID SetThreadpoolCallbackLibrary(PTP_CALLBACK_ENVIRON environment, PVOID library) { environment->RaceDll = library; }
OVL_INLINE VOID DestroyThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment) { (void)environment; }

/* The stacks of a pool's threads, in bytes. */
typedef struct _TP_POOL_STACK_INFORMATION {
    SIZE_T StackReserve;
    SIZE_T StackCommit;
} TP_POOL_STACK_INFORMATION, *PTP_POOL_STACK_INFORMATION;
OVL_SIZE(TP_POOL_STACK_INFORMATION, 16);

OVL_BEGIN
WINBASEAPI BOOL WINAPI TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
    OVL_SYMBOL(TrySubmitThreadpoolCallback);
WINBASEAPI PTP_WORK WINAPI CreateThreadpoolWork(PTP_WORK_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
    OVL_SYMBOL(CreateThreadpoolWork);
WINBASEAPI VOID WINAPI SubmitThreadpoolWork(PTP_WORK work) OVL_SYMBOL(SubmitThreadpoolWork);
WINBASEAPI VOID WINAPI WaitForThreadpoolWorkCallbacks(PTP_WORK work, BOOL cancel) OVL_SYMBOL(WaitForThreadpoolWorkCallbacks);
WINBASEAPI VOID WINAPI CloseThreadpoolWork(PTP_WORK work) OVL_SYMBOL(CloseThreadpoolWork);
WINBASEAPI PTP_IO WINAPI CreateThreadpoolIo(HANDLE file, PTP_WIN32_IO_CALLBACK callback, PVOID context,
                                            PTP_CALLBACK_ENVIRON environment) OVL_SYMBOL(CreateThreadpoolIo);
WINBASEAPI VOID WINAPI StartThreadpoolIo(PTP_IO io) OVL_SYMBOL(StartThreadpoolIo);
WINBASEAPI VOID WINAPI CancelThreadpoolIo(PTP_IO io) OVL_SYMBOL(CancelThreadpoolIo);
WINBASEAPI VOID WINAPI WaitForThreadpoolIoCallbacks(PTP_IO io, BOOL cancel) OVL_SYMBOL(WaitForThreadpoolIoCallbacks);
WINBASEAPI VOID WINAPI CloseThreadpoolIo(PTP_IO io) OVL_SYMBOL(CloseThreadpoolIo);
OVL_END

OVL_BEGIN
WINBASEAPI PTP_POOL WINAPI CreateThreadpool(PVOID reserved) OVL_SYMBOL(CreateThreadpool);
WINBASEAPI VOID WINAPI CloseThreadpool(PTP_POOL pool) OVL_SYMBOL(CloseThreadpool);
WINBASEAPI VOID WINAPI SetThreadpoolThreadMaximum(PTP_POOL pool, DWORD most) OVL_SYMBOL(SetThreadpoolThreadMaximum);
WINBASEAPI BOOL WINAPI SetThreadpoolThreadMinimum(PTP_POOL pool, DWORD least) OVL_SYMBOL(SetThreadpoolThreadMinimum);
WINBASEAPI BOOL WINAPI SetThreadpoolStackInformation(PTP_POOL pool, PTP_POOL_STACK_INFORMATION information)
    OVL_SYMBOL(SetThreadpoolStackInformation);
WINBASEAPI BOOL WINAPI QueryThreadpoolStackInformation(PTP_POOL pool, PTP_POOL_STACK_INFORMATION information)
    OVL_SYMBOL(QueryThreadpoolStackInformation);
WINBASEAPI PTP_CLEANUP_GROUP WINAPI CreateThreadpoolCleanupGroup(VOID) OVL_SYMBOL(CreateThreadpoolCleanupGroup);
WINBASEAPI VOID WINAPI CloseThreadpoolCleanupGroupMembers(PTP_CLEANUP_GROUP group, BOOL cancel, PVOID context)
    OVL_SYMBOL(CloseThreadpoolCleanupGroupMembers);
WINBASEAPI VOID WINAPI CloseThreadpoolCleanupGroup(PTP_CLEANUP_GROUP group) OVL_SYMBOL(CloseThreadpoolCleanupGroup);
WINBASEAPI BOOL WINAPI CallbackMayRunLong(PTP_CALLBACK_INSTANCE instance) OVL_SYMBOL(CallbackMayRunLong);
WINBASEAPI VOID WINAPI DisassociateCurrentThreadFromCallback(PTP_CALLBACK_INSTANCE instance)
    OVL_SYMBOL(DisassociateCurrentThreadFromCallback);
WINBASEAPI VOID WINAPI SetEventWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HANDLE event)
    OVL_SYMBOL(SetEventWhenCallbackReturns);
WINBASEAPI VOID WINAPI ReleaseSemaphoreWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HANDLE semaphore, DWORD count)
    OVL_SYMBOL(ReleaseSemaphoreWhenCallbackReturns);
WINBASEAPI VOID WINAPI ReleaseMutexWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HANDLE mutex)
    OVL_SYMBOL(ReleaseMutexWhenCallbackReturns);
WINBASEAPI VOID WINAPI LeaveCriticalSectionWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, PCRITICAL_SECTION section)
    OVL_SYMBOL(LeaveCriticalSectionWhenCallbackReturns);
WINBASEAPI VOID WINAPI FreeLibraryWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HMODULE library)
    OVL_SYMBOL(FreeLibraryWhenCallbackReturns);
WINBASEAPI PTP_TIMER WINAPI CreateThreadpoolTimer(PTP_TIMER_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
    OVL_SYMBOL(CreateThreadpoolTimer);
WINBASEAPI VOID WINAPI SetThreadpoolTimer(PTP_TIMER timer, PFILETIME due, DWORD period, DWORD window)
    OVL_SYMBOL(SetThreadpoolTimer);
WINBASEAPI BOOL WINAPI SetThreadpoolTimerEx(PTP_TIMER timer, PFILETIME due, DWORD period, DWORD window)
    OVL_SYMBOL(SetThreadpoolTimerEx);
WINBASEAPI BOOL WINAPI IsThreadpoolTimerSet(PTP_TIMER timer) OVL_SYMBOL(IsThreadpoolTimerSet);
WINBASEAPI VOID WINAPI WaitForThreadpoolTimerCallbacks(PTP_TIMER timer, BOOL cancel) OVL_SYMBOL(WaitForThreadpoolTimerCallbacks);
WINBASEAPI VOID WINAPI CloseThreadpoolTimer(PTP_TIMER timer) OVL_SYMBOL(CloseThreadpoolTimer);
WINBASEAPI PTP_WAIT WINAPI CreateThreadpoolWait(PTP_WAIT_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
    OVL_SYMBOL(CreateThreadpoolWait);
WINBASEAPI VOID WINAPI SetThreadpoolWait(PTP_WAIT wait, HANDLE object, PFILETIME timeout) OVL_SYMBOL(SetThreadpoolWait);
WINBASEAPI BOOL WINAPI SetThreadpoolWaitEx(PTP_WAIT wait, HANDLE object, PFILETIME timeout, PVOID reserved)
    OVL_SYMBOL(SetThreadpoolWaitEx);
WINBASEAPI VOID WINAPI WaitForThreadpoolWaitCallbacks(PTP_WAIT wait, BOOL cancel) OVL_SYMBOL(WaitForThreadpoolWaitCallbacks);
WINBASEAPI VOID WINAPI CloseThreadpoolWait(PTP_WAIT wait) OVL_SYMBOL(CloseThreadpoolWait);
OVL_END

#endif
