/* Threads, thread-local storage, procedure calls, processes. */
#ifndef OVL_PROCESSTHREADSAPI_H
#define OVL_PROCESSTHREADSAPI_H
#include "minwinbase.h"

#define TLS_OUT_OF_INDEXES ((DWORD)0xFFFFFFFF)

typedef VOID(NTAPI *PAPCFUNC)(ULONG_PTR parameter);
typedef enum _QUEUE_USER_APC_FLAGS {
    QUEUE_USER_APC_FLAGS_NONE = 0x0,
    QUEUE_USER_APC_FLAGS_SPECIAL_USER_APC = 0x1
} QUEUE_USER_APC_FLAGS;

typedef struct _PROCESS_INFORMATION {
    HANDLE hProcess;
    HANDLE hThread;
    DWORD dwProcessId;
    DWORD dwThreadId;
} PROCESS_INFORMATION, *PPROCESS_INFORMATION, *LPPROCESS_INFORMATION;
OVL_SIZE(PROCESS_INFORMATION, 24);

#define OVL_STARTUP_INFO(string) \
    DWORD cb; \
    string lpReserved; \
    string lpDesktop; \
    string lpTitle; \
    DWORD dwX; \
    DWORD dwY; \
    DWORD dwXSize; \
    DWORD dwYSize; \
    DWORD dwXCountChars; \
    DWORD dwYCountChars; \
    DWORD dwFillAttribute; \
    DWORD dwFlags; \
    WORD wShowWindow; \
    WORD cbReserved2; \
    LPBYTE lpReserved2; \
    HANDLE hStdInput; \
    HANDLE hStdOutput; \
    HANDLE hStdError
typedef struct _STARTUPINFOA {
    OVL_STARTUP_INFO(LPSTR);
} STARTUPINFOA, *LPSTARTUPINFOA;
typedef struct _STARTUPINFOW {
    OVL_STARTUP_INFO(LPWSTR);
} STARTUPINFOW, *LPSTARTUPINFOW;
typedef OVL_AW(STARTUPINFO) STARTUPINFO, *LPSTARTUPINFO;
OVL_SIZE(STARTUPINFOA, 104);
OVL_SIZE(STARTUPINFOW, 104);
typedef struct _PROC_THREAD_ATTRIBUTE_LIST *PPROC_THREAD_ATTRIBUTE_LIST, *LPPROC_THREAD_ATTRIBUTE_LIST;

/* What a thread or a process tells of itself. */
typedef enum _THREAD_INFORMATION_CLASS {
    ThreadMemoryPriority,
    ThreadAbsoluteCpuPriority,
    ThreadDynamicCodePolicy,
    ThreadPowerThrottling,
    ThreadInformationClassMax
} THREAD_INFORMATION_CLASS;
typedef enum _PROCESS_INFORMATION_CLASS {
    ProcessMemoryPriority,
    ProcessMemoryExhaustionInfo,
    ProcessAppMemoryInfo,
    ProcessInPrivateInfo,
    ProcessPowerThrottling,
    ProcessReservedValue1,
    ProcessTelemetryCoverageInfo,
    ProcessProtectionLevelInfo,
    ProcessLeapSecondInfo,
    ProcessMachineTypeInfo,
    ProcessInformationClassMax = 13
} PROCESS_INFORMATION_CLASS;
#define MEMORY_PRIORITY_VERY_LOW 1
#define MEMORY_PRIORITY_LOW 2
#define MEMORY_PRIORITY_MEDIUM 3
#define MEMORY_PRIORITY_BELOW_NORMAL 4
#define MEMORY_PRIORITY_NORMAL 5
typedef struct _MEMORY_PRIORITY_INFORMATION {
    ULONG MemoryPriority;
} MEMORY_PRIORITY_INFORMATION, *PMEMORY_PRIORITY_INFORMATION;
OVL_SIZE(MEMORY_PRIORITY_INFORMATION, 4);
#define THREAD_POWER_THROTTLING_CURRENT_VERSION 1
#define THREAD_POWER_THROTTLING_EXECUTION_SPEED 0x1
#define THREAD_POWER_THROTTLING_VALID_FLAGS THREAD_POWER_THROTTLING_EXECUTION_SPEED
typedef struct _THREAD_POWER_THROTTLING_STATE {
    ULONG Version;
    ULONG ControlMask;
    ULONG StateMask;
} THREAD_POWER_THROTTLING_STATE;
OVL_SIZE(THREAD_POWER_THROTTLING_STATE, 12);
#define PROCESS_POWER_THROTTLING_CURRENT_VERSION 1
#define PROCESS_POWER_THROTTLING_EXECUTION_SPEED 0x1
#define PROCESS_POWER_THROTTLING_IGNORE_TIMER_RESOLUTION 0x4
typedef struct _PROCESS_POWER_THROTTLING_STATE {
    ULONG Version;
    ULONG ControlMask;
    ULONG StateMask;
} PROCESS_POWER_THROTTLING_STATE, *PPROCESS_POWER_THROTTLING_STATE;
OVL_SIZE(PROCESS_POWER_THROTTLING_STATE, 12);
typedef struct _APP_MEMORY_INFORMATION {
    ULONG64 AvailableCommit;
    ULONG64 PrivateCommitUsage;
    ULONG64 PeakPrivateCommitUsage;
    ULONG64 TotalCommitUsage;
} APP_MEMORY_INFORMATION, *PAPP_MEMORY_INFORMATION;
OVL_SIZE(APP_MEMORY_INFORMATION, 32);
#define PROTECTION_LEVEL_NONE 0xFFFFFFFE
typedef struct _PROCESS_PROTECTION_LEVEL_INFORMATION {
    DWORD ProtectionLevel;
} PROCESS_PROTECTION_LEVEL_INFORMATION;
#define PROCESS_LEAP_SECOND_INFO_FLAG_ENABLE_SIXTY_SECOND 0x1
typedef struct _PROCESS_LEAP_SECOND_INFO {
    ULONG Flags;
    ULONG Reserved;
} PROCESS_LEAP_SECOND_INFO, *PPROCESS_LEAP_SECOND_INFO;
OVL_SIZE(PROCESS_LEAP_SECOND_INFO, 8);
typedef enum _MACHINE_ATTRIBUTES {
    UserEnabled = 0x1,
    KernelEnabled = 0x2,
    Wow64Container = 0x4
} MACHINE_ATTRIBUTES;
typedef struct _PROCESS_MACHINE_INFORMATION {
    USHORT ProcessMachine;
    USHORT Res0;
    MACHINE_ATTRIBUTES MachineAttributes;
} PROCESS_MACHINE_INFORMATION;
OVL_SIZE(PROCESS_MACHINE_INFORMATION, 8);
OVL_BEGIN
/* Threads. */
WINBASEAPI HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES security, SIZE_T stack, LPTHREAD_START_ROUTINE start, LPVOID parameter,
                                      DWORD flags, LPDWORD id) OVL_SYMBOL(CreateThread);
WINBASEAPI HANDLE WINAPI OpenThread(DWORD access, BOOL inherit, DWORD id) OVL_SYMBOL(OpenThread);
DECLSPEC_NORETURN WINBASEAPI VOID WINAPI ExitThread(DWORD code) OVL_SYMBOL(ExitThread);
WINBASEAPI BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD code) OVL_SYMBOL(GetExitCodeThread);
WINBASEAPI DWORD WINAPI ResumeThread(HANDLE thread) OVL_SYMBOL(ResumeThread);
WINBASEAPI BOOL WINAPI SwitchToThread(VOID) OVL_SYMBOL(SwitchToThread);
WINBASEAPI HANDLE WINAPI GetCurrentThread(VOID) OVL_SYMBOL(GetCurrentThread);
WINBASEAPI DWORD WINAPI GetCurrentThreadId(VOID) OVL_SYMBOL(GetCurrentThreadId);
WINBASEAPI DWORD WINAPI GetThreadId(HANDLE thread) OVL_SYMBOL(GetThreadId);
WINBASEAPI VOID WINAPI GetCurrentThreadStackLimits(PULONG_PTR low, PULONG_PTR high) OVL_SYMBOL(GetCurrentThreadStackLimits);
WINBASEAPI DWORD WINAPI QueueUserAPC(PAPCFUNC function, HANDLE thread, ULONG_PTR parameter) OVL_SYMBOL(QueueUserAPC);

/* Thread-local storage. */
WINBASEAPI DWORD WINAPI TlsAlloc(VOID) OVL_SYMBOL(TlsAlloc);
WINBASEAPI LPVOID WINAPI TlsGetValue(DWORD index) OVL_SYMBOL(TlsGetValue);
WINBASEAPI BOOL WINAPI TlsSetValue(DWORD index, LPVOID value) OVL_SYMBOL(TlsSetValue);
WINBASEAPI BOOL WINAPI TlsFree(DWORD index) OVL_SYMBOL(TlsFree);

/* This process. */
WINBASEAPI HANDLE WINAPI GetCurrentProcess(VOID) OVL_SYMBOL(GetCurrentProcess);
WINBASEAPI DWORD WINAPI GetCurrentProcessId(VOID) OVL_SYMBOL(GetCurrentProcessId);
WINBASEAPI DWORD WINAPI GetProcessId(HANDLE process) OVL_SYMBOL(GetProcessId);
DECLSPEC_NORETURN WINBASEAPI VOID WINAPI ExitProcess(UINT code) OVL_SYMBOL(ExitProcess);
WINBASEAPI BOOL WINAPI TerminateProcess(HANDLE process, UINT code) OVL_SYMBOL(TerminateProcess);
WINBASEAPI BOOL WINAPI GetExitCodeProcess(HANDLE process, LPDWORD code) OVL_SYMBOL(GetExitCodeProcess);

WINBASEAPI DWORD WINAPI GetPriorityClass(HANDLE process) OVL_SYMBOL(GetPriorityClass);
WINBASEAPI BOOL WINAPI SetPriorityClass(HANDLE process, DWORD priority) OVL_SYMBOL(SetPriorityClass);
WINBASEAPI VOID WINAPI GetStartupInfoA(LPSTARTUPINFOA to) OVL_SYMBOL(GetStartupInfoA);
WINBASEAPI VOID WINAPI GetStartupInfoW(LPSTARTUPINFOW to) OVL_SYMBOL(GetStartupInfoW);
WINBASEAPI BOOL WINAPI FlushInstructionCache(HANDLE process, LPCVOID address, SIZE_T bytes) OVL_SYMBOL(FlushInstructionCache);

WINBASEAPI HANDLE WINAPI OpenProcess(DWORD access, BOOL inherit, DWORD id) OVL_SYMBOL(OpenProcess);
WINBASEAPI BOOL WINAPI GetProcessHandleCount(HANDLE process, PDWORD count) OVL_SYMBOL(GetProcessHandleCount);
WINBASEAPI BOOL WINAPI ProcessIdToSessionId(DWORD id, DWORD *session) OVL_SYMBOL(ProcessIdToSessionId);
WINBASEAPI BOOL WINAPI IsProcessorFeaturePresent(DWORD feature) OVL_SYMBOL(IsProcessorFeaturePresent);
WINBASEAPI VOID WINAPI FlushProcessWriteBuffers(VOID) OVL_SYMBOL(FlushProcessWriteBuffers);
WINBASEAPI DWORD WINAPI GetCurrentProcessorNumber(VOID) OVL_SYMBOL(GetCurrentProcessorNumber);
WINBASEAPI VOID WINAPI GetCurrentProcessorNumberEx(PPROCESSOR_NUMBER to) OVL_SYMBOL(GetCurrentProcessorNumberEx);
WINBASEAPI BOOL WINAPI SetThreadIdealProcessorEx(HANDLE thread, PPROCESSOR_NUMBER ideal, PPROCESSOR_NUMBER before)
    OVL_SYMBOL(SetThreadIdealProcessorEx);

WINBASEAPI BOOL WINAPI GetThreadIdealProcessorEx(HANDLE thread, PPROCESSOR_NUMBER to) OVL_SYMBOL(GetThreadIdealProcessorEx);
WINBASEAPI BOOL WINAPI GetSystemCpuSetInformation(PSYSTEM_CPU_SET_INFORMATION to, ULONG room, PULONG needed, HANDLE process,
                                                  ULONG flags) OVL_SYMBOL(GetSystemCpuSetInformation);
WINBASEAPI BOOL WINAPI GetProcessDefaultCpuSets(HANDLE process, PULONG to, ULONG room, PULONG needed)
    OVL_SYMBOL(GetProcessDefaultCpuSets);
WINBASEAPI BOOL WINAPI SetProcessDefaultCpuSets(HANDLE process, const ULONG *ids, ULONG count) OVL_SYMBOL(SetProcessDefaultCpuSets);
WINBASEAPI BOOL WINAPI GetThreadSelectedCpuSets(HANDLE thread, PULONG to, ULONG room, PULONG needed)
    OVL_SYMBOL(GetThreadSelectedCpuSets);
WINBASEAPI BOOL WINAPI SetThreadSelectedCpuSets(HANDLE thread, const ULONG *ids, ULONG count) OVL_SYMBOL(SetThreadSelectedCpuSets);
WINBASEAPI BOOL WINAPI GetProcessDefaultCpuSetMasks(HANDLE process, PGROUP_AFFINITY to, USHORT room, PUSHORT needed)
    OVL_SYMBOL(GetProcessDefaultCpuSetMasks);
WINBASEAPI BOOL WINAPI SetProcessDefaultCpuSetMasks(HANDLE process, PGROUP_AFFINITY masks, USHORT count)
    OVL_SYMBOL(SetProcessDefaultCpuSetMasks);
WINBASEAPI BOOL WINAPI GetThreadSelectedCpuSetMasks(HANDLE thread, PGROUP_AFFINITY to, USHORT room, PUSHORT needed)
    OVL_SYMBOL(GetThreadSelectedCpuSetMasks);
WINBASEAPI BOOL WINAPI SetThreadSelectedCpuSetMasks(HANDLE thread, PGROUP_AFFINITY masks, USHORT count)
    OVL_SYMBOL(SetThreadSelectedCpuSetMasks);
WINBASEAPI BOOL WINAPI GetThreadContext(HANDLE thread, LPCONTEXT context) OVL_SYMBOL(GetThreadContext);
WINBASEAPI BOOL WINAPI SetThreadContext(HANDLE thread, const CONTEXT *context) OVL_SYMBOL(SetThreadContext);
WINBASEAPI HANDLE WINAPI CreateRemoteThread(HANDLE process, LPSECURITY_ATTRIBUTES security, SIZE_T stack,
                                            LPTHREAD_START_ROUTINE start, LPVOID parameter, DWORD flags, LPDWORD id)
    OVL_SYMBOL(CreateRemoteThread);
WINBASEAPI HANDLE WINAPI CreateRemoteThreadEx(HANDLE process, LPSECURITY_ATTRIBUTES security, SIZE_T stack,
                                              LPTHREAD_START_ROUTINE start, LPVOID parameter, DWORD flags,
                                              LPPROC_THREAD_ATTRIBUTE_LIST attributes, LPDWORD id) OVL_SYMBOL(CreateRemoteThreadEx);
WINBASEAPI BOOL WINAPI GetThreadInformation(HANDLE thread, THREAD_INFORMATION_CLASS what, LPVOID to, DWORD bytes)
    OVL_SYMBOL(GetThreadInformation);
WINBASEAPI BOOL WINAPI SetThreadInformation(HANDLE thread, THREAD_INFORMATION_CLASS what, LPVOID from, DWORD bytes)
    OVL_SYMBOL(SetThreadInformation);
WINBASEAPI BOOL WINAPI GetThreadIOPendingFlag(HANDLE thread, PBOOL is) OVL_SYMBOL(GetThreadIOPendingFlag);
WINBASEAPI BOOL WINAPI SetThreadStackGuarantee(PULONG bytes) OVL_SYMBOL(SetThreadStackGuarantee);
WINBASEAPI BOOL WINAPI GetProcessInformation(HANDLE process, PROCESS_INFORMATION_CLASS what, LPVOID to, DWORD bytes)
    OVL_SYMBOL(GetProcessInformation);
WINBASEAPI BOOL WINAPI SetProcessInformation(HANDLE process, PROCESS_INFORMATION_CLASS what, LPVOID from, DWORD bytes)
    OVL_SYMBOL(SetProcessInformation);
WINBASEAPI BOOL WINAPI GetProcessMitigationPolicy(HANDLE process, PROCESS_MITIGATION_POLICY policy, PVOID to, SIZE_T bytes)
    OVL_SYMBOL(GetProcessMitigationPolicy);
WINBASEAPI BOOL WINAPI SetProcessMitigationPolicy(PROCESS_MITIGATION_POLICY policy, PVOID from, SIZE_T bytes)
    OVL_SYMBOL(SetProcessMitigationPolicy);
WINBASEAPI BOOL WINAPI GetProcessPriorityBoost(HANDLE process, PBOOL disabled) OVL_SYMBOL(GetProcessPriorityBoost);
WINBASEAPI BOOL WINAPI SetProcessPriorityBoost(HANDLE process, BOOL disable) OVL_SYMBOL(SetProcessPriorityBoost);
WINBASEAPI BOOL WINAPI GetProcessShutdownParameters(LPDWORD level, LPDWORD flags) OVL_SYMBOL(GetProcessShutdownParameters);
WINBASEAPI BOOL WINAPI SetProcessShutdownParameters(DWORD level, DWORD flags) OVL_SYMBOL(SetProcessShutdownParameters);
WINBASEAPI DWORD WINAPI GetProcessVersion(DWORD id) OVL_SYMBOL(GetProcessVersion);
WINBASEAPI BOOL WINAPI IsProcessCritical(HANDLE process, PBOOL is) OVL_SYMBOL(IsProcessCritical);
#define PROCESS_AFFINITY_ENABLE_AUTO_UPDATE 0x1
#define PROCESS_AFFINITY_DISABLE_AUTO_UPDATE 0x0
WINBASEAPI BOOL WINAPI QueryProcessAffinityUpdateMode(HANDLE process, LPDWORD flags) OVL_SYMBOL(QueryProcessAffinityUpdateMode);
WINBASEAPI BOOL WINAPI SetProcessAffinityUpdateMode(HANDLE process, DWORD flags) OVL_SYMBOL(SetProcessAffinityUpdateMode);
WINBASEAPI HRESULT WINAPI GetMachineTypeAttributes(USHORT machine, MACHINE_ATTRIBUTES *to) OVL_SYMBOL(GetMachineTypeAttributes);
/* Others. */
WINBASEAPI BOOL WINAPI CreateProcessA(LPCSTR program, LPSTR commandLine, LPSECURITY_ATTRIBUTES process,
                                      LPSECURITY_ATTRIBUTES thread, BOOL inherit, DWORD flags, LPVOID environment, LPCSTR directory,
                                      LPSTARTUPINFOA start, LPPROCESS_INFORMATION made) OVL_SYMBOL(CreateProcessA);
WINBASEAPI BOOL WINAPI CreateProcessW(LPCWSTR program, LPWSTR commandLine, LPSECURITY_ATTRIBUTES process,
                                      LPSECURITY_ATTRIBUTES thread, BOOL inherit, DWORD flags, LPVOID environment,
                                      LPCWSTR directory, LPSTARTUPINFOW start, LPPROCESS_INFORMATION made)
    OVL_SYMBOL(CreateProcessW);
WINADVAPI BOOL WINAPI CreateProcessAsUserA(HANDLE token, LPCSTR program, LPSTR commandLine, LPSECURITY_ATTRIBUTES process,
                                           LPSECURITY_ATTRIBUTES thread, BOOL inherit, DWORD flags, LPVOID environment,
                                           LPCSTR directory, LPSTARTUPINFOA start, LPPROCESS_INFORMATION made)
    OVL_SYMBOL(CreateProcessAsUserA);
WINADVAPI BOOL WINAPI CreateProcessAsUserW(HANDLE token, LPCWSTR program, LPWSTR commandLine, LPSECURITY_ATTRIBUTES process,
                                           LPSECURITY_ATTRIBUTES thread, BOOL inherit, DWORD flags, LPVOID environment,
                                           LPCWSTR directory, LPSTARTUPINFOW start, LPPROCESS_INFORMATION made)
    OVL_SYMBOL(CreateProcessAsUserW);
WINBASEAPI BOOL WINAPI InitializeProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD count, DWORD flags,
                                                         SIZE_T *bytes) OVL_SYMBOL(InitializeProcThreadAttributeList);
WINBASEAPI BOOL WINAPI UpdateProcThreadAttribute(LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD flags, DWORD_PTR what, PVOID value,
                                                 SIZE_T bytes, PVOID before, SIZE_T *room) OVL_SYMBOL(UpdateProcThreadAttribute);
WINBASEAPI VOID WINAPI DeleteProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST list)
    OVL_SYMBOL(DeleteProcThreadAttributeList);

WINBASEAPI BOOL WINAPI TerminateThread(HANDLE thread, DWORD code) OVL_SYMBOL(TerminateThread);
WINBASEAPI DWORD WINAPI SuspendThread(HANDLE thread) OVL_SYMBOL(SuspendThread);
WINBASEAPI BOOL WINAPI SetThreadPriority(HANDLE thread, int priority) OVL_SYMBOL(SetThreadPriority);
WINBASEAPI int WINAPI GetThreadPriority(HANDLE thread) OVL_SYMBOL(GetThreadPriority);
WINBASEAPI BOOL WINAPI SetThreadPriorityBoost(HANDLE thread, BOOL disable) OVL_SYMBOL(SetThreadPriorityBoost);
WINBASEAPI BOOL WINAPI GetThreadPriorityBoost(HANDLE thread, PBOOL disabled) OVL_SYMBOL(GetThreadPriorityBoost);
WINBASEAPI HRESULT WINAPI SetThreadDescription(HANDLE thread, PCWSTR text) OVL_SYMBOL(SetThreadDescription);
WINBASEAPI HRESULT WINAPI GetThreadDescription(HANDLE thread, PWSTR *to) OVL_SYMBOL(GetThreadDescription);
WINBASEAPI DWORD WINAPI GetProcessIdOfThread(HANDLE thread) OVL_SYMBOL(GetProcessIdOfThread);
WINBASEAPI DWORD WINAPI SetThreadIdealProcessor(HANDLE thread, DWORD processor) OVL_SYMBOL(SetThreadIdealProcessor);
WINBASEAPI BOOL WINAPI GetThreadTimes(HANDLE thread, LPFILETIME created, LPFILETIME ended, LPFILETIME kernel, LPFILETIME user)
    OVL_SYMBOL(GetThreadTimes);
WINBASEAPI BOOL WINAPI GetProcessTimes(HANDLE process, LPFILETIME created, LPFILETIME ended, LPFILETIME kernel, LPFILETIME user)
    OVL_SYMBOL(GetProcessTimes);
WINBASEAPI BOOL WINAPI GetSystemTimes(PFILETIME idle, PFILETIME kernel, PFILETIME user) OVL_SYMBOL(GetSystemTimes);
WINBASEAPI BOOL WINAPI QueueUserAPC2(PAPCFUNC function, HANDLE thread, ULONG_PTR parameter, QUEUE_USER_APC_FLAGS flags)
    OVL_SYMBOL(QueueUserAPC2);
WINADVAPI BOOL WINAPI OpenThreadToken(HANDLE thread, DWORD access, BOOL self, PHANDLE token) OVL_SYMBOL(OpenThreadToken);
WINADVAPI BOOL WINAPI OpenProcessToken(HANDLE process, DWORD access, PHANDLE token) OVL_SYMBOL(OpenProcessToken);
OVL_END

#include "ovl/outparams.h"
OVL_OUT(HANDLE, CreateThread,
        (LPSECURITY_ATTRIBUTES security, SIZE_T stack, LPTHREAD_START_ROUTINE start, LPVOID parameter, DWORD flags, OVL_LONG out),
        out, (security, stack, start, parameter, flags, OVL_TAKEN))
OVL_OUT(BOOL, GetExitCodeThread, (HANDLE thread, OVL_LONG out), out, (thread, OVL_TAKEN))
#ifdef OVL_CHOOSE
#define CreateThread(a, b, c, d, e, f) OVL_CHOOSE(CreateThread, f)(a, b, c, d, e, f)
#define GetExitCodeThread(a, b) OVL_CHOOSE(GetExitCodeThread, b)(a, b)
#endif

#define CreateProcess OVL_AW(CreateProcess)
#define CreateProcessAsUser OVL_AW(CreateProcessAsUser)
#define GetStartupInfo OVL_AW(GetStartupInfo)

#endif
