/* Events, mutexes, semaphores, timers and waits; locks of one process. */
#ifndef OVL_SYNCHAPI_H
#define OVL_SYNCHAPI_H
#include "minwinbase.h"

#define CREATE_EVENT_MANUAL_RESET 0x1
#define CREATE_EVENT_INITIAL_SET 0x2
#define CREATE_MUTEX_INITIAL_OWNER 0x1
#define CREATE_WAITABLE_TIMER_MANUAL_RESET 0x1
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 0x2

typedef VOID(APIENTRY *PTIMERAPCROUTINE)(LPVOID argument, DWORD low, DWORD high);

typedef struct _REASON_CONTEXT {
    ULONG Version;
    DWORD Flags;
    union {
        struct {
            HMODULE LocalizedReasonModule;
            ULONG LocalizedReasonId;
            ULONG ReasonStringCount;
            LPWSTR *ReasonStrings;
        } Detailed;
        LPWSTR SimpleReasonString;
    } Reason;
} REASON_CONTEXT, *PREASON_CONTEXT;
OVL_SIZE(REASON_CONTEXT, 32);

typedef RTL_SRWLOCK SRWLOCK, *PSRWLOCK;
typedef RTL_CONDITION_VARIABLE CONDITION_VARIABLE, *PCONDITION_VARIABLE;
typedef RTL_RUN_ONCE INIT_ONCE, *PINIT_ONCE, *LPINIT_ONCE;
#define SRWLOCK_INIT RTL_SRWLOCK_INIT
#define CONDITION_VARIABLE_INIT RTL_CONDITION_VARIABLE_INIT
#define CONDITION_VARIABLE_LOCKMODE_SHARED 0x1
#define INIT_ONCE_STATIC_INIT RTL_RUN_ONCE_INIT
#define INIT_ONCE_CHECK_ONLY 0x1
#define INIT_ONCE_ASYNC 0x2
#define INIT_ONCE_INIT_FAILED 0x4
#define INIT_ONCE_CTX_RESERVED_BITS 2
#define CRITICAL_SECTION_NO_DEBUG_INFO 0x01000000
typedef BOOL(WINAPI *PINIT_ONCE_FN)(PINIT_ONCE once, PVOID parameter, PVOID *context);

typedef struct _SYNCHRONIZATION_BARRIER {
    DWORD Reserved1;
    DWORD Reserved2;
    ULONG_PTR Reserved3[2];
    DWORD Reserved4;
    DWORD Reserved5;
} SYNCHRONIZATION_BARRIER, *PSYNCHRONIZATION_BARRIER, *LPSYNCHRONIZATION_BARRIER;
OVL_SIZE(SYNCHRONIZATION_BARRIER, 32);
#define SYNCHRONIZATION_BARRIER_FLAGS_SPIN_ONLY 0x01
#define SYNCHRONIZATION_BARRIER_FLAGS_BLOCK_ONLY 0x02
#define SYNCHRONIZATION_BARRIER_FLAGS_NO_DELETE 0x04

OVL_BEGIN
/* Waits. */
WINBASEAPI DWORD WINAPI WaitForSingleObject(HANDLE object, DWORD milliseconds) OVL_SYMBOL(WaitForSingleObject);
WINBASEAPI DWORD WINAPI WaitForSingleObjectEx(HANDLE object, DWORD milliseconds, BOOL alertable) OVL_SYMBOL(WaitForSingleObjectEx);
WINBASEAPI DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *objects, BOOL all, DWORD milliseconds)
    OVL_SYMBOL(WaitForMultipleObjects);
WINBASEAPI DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE *objects, BOOL all, DWORD milliseconds, BOOL alertable)
    OVL_SYMBOL(WaitForMultipleObjectsEx);
WINBASEAPI DWORD WINAPI SignalObjectAndWait(HANDLE toSignal, HANDLE toWaitFor, DWORD milliseconds, BOOL alertable)
    OVL_SYMBOL(SignalObjectAndWait);
WINBASEAPI VOID WINAPI Sleep(DWORD milliseconds) OVL_SYMBOL(Sleep);
WINBASEAPI DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable) OVL_SYMBOL(SleepEx);

/* Events. */
WINBASEAPI HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL set, LPCSTR name) OVL_SYMBOL(CreateEventA);
WINBASEAPI HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL set, LPCWSTR name) OVL_SYMBOL(CreateEventW);
WINBASEAPI HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access)
    OVL_SYMBOL(CreateEventExA);
WINBASEAPI HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags, DWORD access)
    OVL_SYMBOL(CreateEventExW);
WINBASEAPI HANDLE WINAPI OpenEventA(DWORD access, BOOL inherit, LPCSTR name) OVL_SYMBOL(OpenEventA);
WINBASEAPI HANDLE WINAPI OpenEventW(DWORD access, BOOL inherit, LPCWSTR name) OVL_SYMBOL(OpenEventW);
WINBASEAPI BOOL WINAPI SetEvent(HANDLE event) OVL_SYMBOL(SetEvent);
WINBASEAPI BOOL WINAPI ResetEvent(HANDLE event) OVL_SYMBOL(ResetEvent);
WINBASEAPI BOOL WINAPI PulseEvent(HANDLE event) OVL_SYMBOL(PulseEvent);

/* Mutexes. */
WINBASEAPI HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES security, BOOL owned, LPCSTR name) OVL_SYMBOL(CreateMutexA);
WINBASEAPI HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES security, BOOL owned, LPCWSTR name) OVL_SYMBOL(CreateMutexW);
WINBASEAPI HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access)
    OVL_SYMBOL(CreateMutexExA);
WINBASEAPI HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags, DWORD access)
    OVL_SYMBOL(CreateMutexExW);
WINBASEAPI HANDLE WINAPI OpenMutexA(DWORD access, BOOL inherit, LPCSTR name) OVL_SYMBOL(OpenMutexA);
WINBASEAPI HANDLE WINAPI OpenMutexW(DWORD access, BOOL inherit, LPCWSTR name) OVL_SYMBOL(OpenMutexW);
WINBASEAPI BOOL WINAPI ReleaseMutex(HANDLE mutex) OVL_SYMBOL(ReleaseMutex);

/* Semaphores. */
/* Programs say LONG_MAX for the largest count, which is that of a long: here one of 64 bits. */
OVL_INLINE LONG ovl_count(long count) { return count == __LONG_MAX__ ? 0x7FFFFFFF : (LONG)count; }
#ifdef BOOST_CONFIG_HPP
/* Boost puts it into a LONG first, so that it comes as -1. Elsewhere that is an error. */
OVL_INLINE LONG ovl_most(long most) { return most == -1 ? 0x7FFFFFFF : ovl_count(most); }
#else
OVL_INLINE LONG ovl_most(long most) { return ovl_count(most); }
#endif
WINBASEAPI HANDLE WINAPI ovl_semaphore_a(LPSECURITY_ATTRIBUTES security, LONG count, LONG most, LPCSTR name)
    OVL_SYMBOL(CreateSemaphoreA);
WINBASEAPI HANDLE WINAPI ovl_semaphore_w(LPSECURITY_ATTRIBUTES security, LONG count, LONG most, LPCWSTR name)
    OVL_SYMBOL(CreateSemaphoreW);
WINBASEAPI HANDLE WINAPI ovl_semaphore_ex_w(LPSECURITY_ATTRIBUTES security, LONG count, LONG most, LPCWSTR name, DWORD flags,
                                            DWORD access) OVL_SYMBOL(CreateSemaphoreExW);
OVL_INLINE HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES security, long count, long most, LPCSTR name) {
    return ovl_semaphore_a(security, ovl_count(count), ovl_most(most), name);
}
OVL_INLINE HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES security, long count, long most, LPCWSTR name) {
    return ovl_semaphore_w(security, ovl_count(count), ovl_most(most), name);
}
OVL_INLINE HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES security, long count, long most, LPCWSTR name, DWORD flags,
                                            DWORD access) {
    return ovl_semaphore_ex_w(security, ovl_count(count), ovl_most(most), name, flags, access);
}
WINBASEAPI HANDLE WINAPI OpenSemaphoreA(DWORD access, BOOL inherit, LPCSTR name) OVL_SYMBOL(OpenSemaphoreA);
WINBASEAPI HANDLE WINAPI OpenSemaphoreW(DWORD access, BOOL inherit, LPCWSTR name) OVL_SYMBOL(OpenSemaphoreW);
WINBASEAPI BOOL WINAPI ReleaseSemaphore(HANDLE semaphore, LONG count, LPLONG before) OVL_SYMBOL(ReleaseSemaphore);

/* Timers. */
WINBASEAPI HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES security, BOOL manual, LPCSTR name)
    OVL_SYMBOL(CreateWaitableTimerA);
WINBASEAPI HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES security, BOOL manual, LPCWSTR name)
    OVL_SYMBOL(CreateWaitableTimerW);
WINBASEAPI HANDLE WINAPI CreateWaitableTimerExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access)
    OVL_SYMBOL(CreateWaitableTimerExA);
WINBASEAPI HANDLE WINAPI CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags, DWORD access)
    OVL_SYMBOL(CreateWaitableTimerExW);
WINBASEAPI HANDLE WINAPI OpenWaitableTimerA(DWORD access, BOOL inherit, LPCSTR name) OVL_SYMBOL(OpenWaitableTimerA);
WINBASEAPI HANDLE WINAPI OpenWaitableTimerW(DWORD access, BOOL inherit, LPCWSTR name) OVL_SYMBOL(OpenWaitableTimerW);
WINBASEAPI BOOL WINAPI SetWaitableTimer(HANDLE timer, const LARGE_INTEGER *due, LONG period, PTIMERAPCROUTINE routine,
                                        LPVOID argument, BOOL resume) OVL_SYMBOL(SetWaitableTimer);
WINBASEAPI BOOL WINAPI CancelWaitableTimer(HANDLE timer) OVL_SYMBOL(CancelWaitableTimer);

/* Critical sections. */
WINBASEAPI VOID WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section) OVL_SYMBOL(InitializeCriticalSection);
WINBASEAPI BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD spins)
    OVL_SYMBOL(InitializeCriticalSectionAndSpinCount);
WINBASEAPI BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spins, DWORD flags)
    OVL_SYMBOL(InitializeCriticalSectionEx);
WINBASEAPI DWORD WINAPI SetCriticalSectionSpinCount(LPCRITICAL_SECTION section, DWORD spins)
    OVL_SYMBOL(SetCriticalSectionSpinCount);
WINBASEAPI VOID WINAPI EnterCriticalSection(LPCRITICAL_SECTION section) OVL_SYMBOL(EnterCriticalSection);
WINBASEAPI BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION section) OVL_SYMBOL(TryEnterCriticalSection);
WINBASEAPI VOID WINAPI LeaveCriticalSection(LPCRITICAL_SECTION section) OVL_SYMBOL(LeaveCriticalSection);
WINBASEAPI VOID WINAPI DeleteCriticalSection(LPCRITICAL_SECTION section) OVL_SYMBOL(DeleteCriticalSection);

/* Slim reader/writer locks and condition variables. */
WINBASEAPI VOID WINAPI InitializeSRWLock(PSRWLOCK lock) OVL_SYMBOL(InitializeSRWLock);
WINBASEAPI VOID WINAPI AcquireSRWLockExclusive(PSRWLOCK lock) OVL_SYMBOL(AcquireSRWLockExclusive);
WINBASEAPI VOID WINAPI AcquireSRWLockShared(PSRWLOCK lock) OVL_SYMBOL(AcquireSRWLockShared);
WINBASEAPI BOOLEAN WINAPI TryAcquireSRWLockExclusive(PSRWLOCK lock) OVL_SYMBOL(TryAcquireSRWLockExclusive);
WINBASEAPI BOOLEAN WINAPI TryAcquireSRWLockShared(PSRWLOCK lock) OVL_SYMBOL(TryAcquireSRWLockShared);
WINBASEAPI VOID WINAPI ReleaseSRWLockExclusive(PSRWLOCK lock) OVL_SYMBOL(ReleaseSRWLockExclusive);
WINBASEAPI VOID WINAPI ReleaseSRWLockShared(PSRWLOCK lock) OVL_SYMBOL(ReleaseSRWLockShared);
WINBASEAPI VOID WINAPI InitializeConditionVariable(PCONDITION_VARIABLE variable) OVL_SYMBOL(InitializeConditionVariable);
WINBASEAPI BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE variable, PCRITICAL_SECTION section, DWORD milliseconds)
    OVL_SYMBOL(SleepConditionVariableCS);
WINBASEAPI BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE variable, PSRWLOCK lock, DWORD milliseconds, ULONG flags)
    OVL_SYMBOL(SleepConditionVariableSRW);
WINBASEAPI VOID WINAPI WakeConditionVariable(PCONDITION_VARIABLE variable) OVL_SYMBOL(WakeConditionVariable);
WINBASEAPI VOID WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE variable) OVL_SYMBOL(WakeAllConditionVariable);

/* One-time initialization; waiting on an address. */
WINBASEAPI VOID WINAPI InitOnceInitialize(PINIT_ONCE once) OVL_SYMBOL(InitOnceInitialize);
WINBASEAPI BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE once, PINIT_ONCE_FN function, PVOID parameter, LPVOID *context)
    OVL_SYMBOL(InitOnceExecuteOnce);
WINBASEAPI BOOL WINAPI InitOnceBeginInitialize(LPINIT_ONCE once, DWORD flags, PBOOL pending, LPVOID *context)
    OVL_SYMBOL(InitOnceBeginInitialize);
WINBASEAPI BOOL WINAPI InitOnceComplete(LPINIT_ONCE once, DWORD flags, LPVOID context) OVL_SYMBOL(InitOnceComplete);
WINBASEAPI BOOL WINAPI WaitOnAddress(volatile VOID *address, PVOID compare, SIZE_T bytes, DWORD milliseconds)
    OVL_SYMBOL(WaitOnAddress);
WINBASEAPI VOID WINAPI WakeByAddressSingle(PVOID address) OVL_SYMBOL(WakeByAddressSingle);
WINBASEAPI VOID WINAPI WakeByAddressAll(PVOID address) OVL_SYMBOL(WakeByAddressAll);
WINBASEAPI BOOL WINAPI InitializeSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER barrier, LONG threads, LONG spins)
    OVL_SYMBOL(InitializeSynchronizationBarrier);
WINBASEAPI BOOL WINAPI EnterSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER barrier, DWORD flags)
    OVL_SYMBOL(EnterSynchronizationBarrier);
WINBASEAPI BOOL WINAPI DeleteSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER barrier) OVL_SYMBOL(DeleteSynchronizationBarrier);

WINBASEAPI HANDLE WINAPI ovl_semaphore_ex_a(LPSECURITY_ATTRIBUTES security, LONG count, LONG most, LPCSTR name, DWORD flags,
                                            DWORD access) OVL_SYMBOL(CreateSemaphoreExA);
OVL_INLINE HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES security, long count, long most, LPCSTR name, DWORD flags,
                                            DWORD access) {
    return ovl_semaphore_ex_a(security, ovl_count(count), ovl_most(most), name, flags, access);
}
WINBASEAPI BOOL WINAPI SetWaitableTimerEx(HANDLE timer, const LARGE_INTEGER *due, LONG period, PTIMERAPCROUTINE routine,
                                          LPVOID argument, PREASON_CONTEXT context, ULONG delay) OVL_SYMBOL(SetWaitableTimerEx);
OVL_END

#define CreateEvent OVL_AW(CreateEvent)
#define CreateEventEx OVL_AW(CreateEventEx)
#define OpenEvent OVL_AW(OpenEvent)
#define CreateMutex OVL_AW(CreateMutex)
#define CreateMutexEx OVL_AW(CreateMutexEx)
#define OpenMutex OVL_AW(OpenMutex)
#define CreateSemaphore OVL_AW(CreateSemaphore)
#define CreateSemaphoreEx OVL_AW(CreateSemaphoreEx)
#define OpenSemaphore OVL_AW(OpenSemaphore)
#define CreateWaitableTimer OVL_AW(CreateWaitableTimer)
#define CreateWaitableTimerEx OVL_AW(CreateWaitableTimerEx)
#define OpenWaitableTimer OVL_AW(OpenWaitableTimer)

#endif
