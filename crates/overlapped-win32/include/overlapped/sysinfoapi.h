/* The system and its clocks. */
#ifndef OVL_SYSINFOAPI_H
#define OVL_SYSINFOAPI_H
#include "minwinbase.h"

typedef struct _SYSTEM_INFO {
    __extension__ union {
        DWORD dwOemId;
        __extension__ struct {
            WORD wProcessorArchitecture;
            WORD wReserved;
        };
    };
    DWORD dwPageSize;
    LPVOID lpMinimumApplicationAddress;
    LPVOID lpMaximumApplicationAddress;
    DWORD_PTR dwActiveProcessorMask;
    DWORD dwNumberOfProcessors;
    DWORD dwProcessorType;
    DWORD dwAllocationGranularity;
    WORD wProcessorLevel;
    WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;
OVL_SIZE(SYSTEM_INFO, 48);

typedef struct _MEMORYSTATUSEX {
    DWORD dwLength;
    DWORD dwMemoryLoad;
    DWORDLONG ullTotalPhys;
    DWORDLONG ullAvailPhys;
    DWORDLONG ullTotalPageFile;
    DWORDLONG ullAvailPageFile;
    DWORDLONG ullTotalVirtual;
    DWORDLONG ullAvailVirtual;
    DWORDLONG ullAvailExtendedVirtual;
} MEMORYSTATUSEX, *LPMEMORYSTATUSEX;
OVL_SIZE(MEMORYSTATUSEX, 64);

OVL_BEGIN
WINBASEAPI VOID WINAPI GetSystemInfo(LPSYSTEM_INFO to) OVL_SYMBOL(GetSystemInfo);
WINBASEAPI VOID WINAPI GetNativeSystemInfo(LPSYSTEM_INFO to) OVL_SYMBOL(GetNativeSystemInfo);
WINBASEAPI BOOL WINAPI GlobalMemoryStatusEx(LPMEMORYSTATUSEX to) OVL_SYMBOL(GlobalMemoryStatusEx);
WINBASEAPI DWORD WINAPI GetVersion(VOID) OVL_SYMBOL(GetVersion);
WINBASEAPI BOOL WINAPI GetVersionExA(LPOSVERSIONINFOA to) OVL_SYMBOL(GetVersionExA);
WINBASEAPI BOOL WINAPI GetVersionExW(LPOSVERSIONINFOW to) OVL_SYMBOL(GetVersionExW);
WINBASEAPI DWORD WINAPI GetTickCount(VOID) OVL_SYMBOL(GetTickCount);
WINBASEAPI ULONGLONG WINAPI GetTickCount64(VOID) OVL_SYMBOL(GetTickCount64);
WINBASEAPI VOID WINAPI GetSystemTime(LPSYSTEMTIME to) OVL_SYMBOL(GetSystemTime);
WINBASEAPI VOID WINAPI GetLocalTime(LPSYSTEMTIME to) OVL_SYMBOL(GetLocalTime);
WINBASEAPI VOID WINAPI GetSystemTimeAsFileTime(LPFILETIME to) OVL_SYMBOL(GetSystemTimeAsFileTime);
WINBASEAPI VOID WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME to) OVL_SYMBOL(GetSystemTimePreciseAsFileTime);
OVL_END

#define GetVersionEx OVL_AW(GetVersionEx)

#endif
