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

typedef struct _MEMORYSTATUS {
    DWORD dwLength;
    DWORD dwMemoryLoad;
    SIZE_T dwTotalPhys;
    SIZE_T dwAvailPhys;
    SIZE_T dwTotalPageFile;
    SIZE_T dwAvailPageFile;
    SIZE_T dwTotalVirtual;
    SIZE_T dwAvailVirtual;
} MEMORYSTATUS, *LPMEMORYSTATUS;
OVL_SIZE(MEMORYSTATUS, 56);

typedef enum _COMPUTER_NAME_FORMAT {
    ComputerNameNetBIOS,
    ComputerNameDnsHostname,
    ComputerNameDnsDomain,
    ComputerNameDnsFullyQualified,
    ComputerNamePhysicalNetBIOS,
    ComputerNamePhysicalDnsHostname,
    ComputerNamePhysicalDnsDomain,
    ComputerNamePhysicalDnsFullyQualified,
    ComputerNameMax
} COMPUTER_NAME_FORMAT;
#define ALL_PROCESSOR_GROUPS 0xFFFF
#define MAX_COMPUTERNAME_LENGTH 15

OVL_BEGIN
WINBASEAPI VOID WINAPI GetSystemInfo(LPSYSTEM_INFO to) OVL_SYMBOL(GetSystemInfo);
WINBASEAPI VOID WINAPI GetNativeSystemInfo(LPSYSTEM_INFO to) OVL_SYMBOL(GetNativeSystemInfo);
WINBASEAPI VOID WINAPI GlobalMemoryStatus(LPMEMORYSTATUS to) OVL_SYMBOL(GlobalMemoryStatus);
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
WINBASEAPI BOOL WINAPI GetComputerNameExA(COMPUTER_NAME_FORMAT format, LPSTR to, LPDWORD room) OVL_SYMBOL(GetComputerNameExA);
WINBASEAPI BOOL WINAPI GetComputerNameExW(COMPUTER_NAME_FORMAT format, LPWSTR to, LPDWORD room) OVL_SYMBOL(GetComputerNameExW);
WINBASEAPI UINT WINAPI GetSystemDirectoryA(LPSTR to, UINT room) OVL_SYMBOL(GetSystemDirectoryA);
WINBASEAPI UINT WINAPI GetSystemDirectoryW(LPWSTR to, UINT room) OVL_SYMBOL(GetSystemDirectoryW);
WINBASEAPI UINT WINAPI GetWindowsDirectoryA(LPSTR to, UINT room) OVL_SYMBOL(GetWindowsDirectoryA);
WINBASEAPI UINT WINAPI GetWindowsDirectoryW(LPWSTR to, UINT room) OVL_SYMBOL(GetWindowsDirectoryW);
WINBASEAPI BOOL WINAPI GetPhysicallyInstalledSystemMemory(PULONGLONG kibibytes) OVL_SYMBOL(GetPhysicallyInstalledSystemMemory);
WINBASEAPI ULONGLONG NTAPI VerSetConditionMask(ULONGLONG mask, ULONG field, UCHAR condition) OVL_SYMBOL(VerSetConditionMask);
#define VER_SET_CONDITION(mask, field, condition) ((mask) = VerSetConditionMask((mask), (field), (condition)))
WINBASEAPI BOOL WINAPI GetLogicalProcessorInformation(PSYSTEM_LOGICAL_PROCESSOR_INFORMATION to, PDWORD bytes)
    OVL_SYMBOL(GetLogicalProcessorInformation);
WINBASEAPI BOOL WINAPI GetLogicalProcessorInformationEx(LOGICAL_PROCESSOR_RELATIONSHIP relation,
                                                        PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX to, PDWORD bytes)
    OVL_SYMBOL(GetLogicalProcessorInformationEx);
WINBASEAPI DWORD WINAPI GetActiveProcessorCount(WORD group) OVL_SYMBOL(GetActiveProcessorCount);
WINBASEAPI DWORD WINAPI GetMaximumProcessorCount(WORD group) OVL_SYMBOL(GetMaximumProcessorCount);
WINBASEAPI BOOL WINAPI QueryUnbiasedInterruptTime(PULONGLONG to) OVL_SYMBOL(QueryUnbiasedInterruptTime);
OVL_END

#define GetVersionEx OVL_AW(GetVersionEx)
#define GetComputerNameEx OVL_AW(GetComputerNameEx)
#define GetSystemDirectory OVL_AW(GetSystemDirectory)
#define GetWindowsDirectory OVL_AW(GetWindowsDirectory)

#endif
