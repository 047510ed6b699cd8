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

typedef struct _SYSTEM_PROCESSOR_CYCLE_TIME_INFORMATION {
    DWORD64 CycleTime;
} SYSTEM_PROCESSOR_CYCLE_TIME_INFORMATION, *PSYSTEM_PROCESSOR_CYCLE_TIME_INFORMATION;
OVL_SIZE(SYSTEM_PROCESSOR_CYCLE_TIME_INFORMATION, 8);
#define PRODUCT_UNDEFINED 0x0
#define PRODUCT_ULTIMATE 0x1
#define PRODUCT_HOME_BASIC 0x2
#define PRODUCT_HOME_PREMIUM 0x3
#define PRODUCT_ENTERPRISE 0x4
#define PRODUCT_BUSINESS 0x6
#define PRODUCT_STANDARD_SERVER 0x7
#define PRODUCT_DATACENTER_SERVER 0x8
#define PRODUCT_ENTERPRISE_SERVER 0xA
#define PRODUCT_PROFESSIONAL 0x30
#define PRODUCT_CORE 0x65
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
WINBASEAPI BOOL WINAPI SetSystemTime(const SYSTEMTIME *time) OVL_SYMBOL(SetSystemTime);
WINBASEAPI BOOL WINAPI SetLocalTime(const SYSTEMTIME *time) OVL_SYMBOL(SetLocalTime);
WINBASEAPI BOOL WINAPI GetSystemTimeAdjustment(PDWORD adjustment, PDWORD increment, PBOOL disabled)
    OVL_SYMBOL(GetSystemTimeAdjustment);
WINBASEAPI BOOL WINAPI SetSystemTimeAdjustment(DWORD adjustment, BOOL disabled) OVL_SYMBOL(SetSystemTimeAdjustment);
WINBASEAPI BOOL WINAPI GetProductInfo(DWORD major, DWORD minor, DWORD packMajor, DWORD packMinor, PDWORD type)
    OVL_SYMBOL(GetProductInfo);
WINBASEAPI BOOL WINAPI SetComputerNameA(LPCSTR name) OVL_SYMBOL(SetComputerNameA);
WINBASEAPI BOOL WINAPI SetComputerNameW(LPCWSTR name) OVL_SYMBOL(SetComputerNameW);
WINBASEAPI BOOL WINAPI SetComputerNameExA(COMPUTER_NAME_FORMAT format, LPCSTR name) OVL_SYMBOL(SetComputerNameExA);
WINBASEAPI BOOL WINAPI SetComputerNameExW(COMPUTER_NAME_FORMAT format, LPCWSTR name) OVL_SYMBOL(SetComputerNameExW);
WINBASEAPI UINT WINAPI GetSystemWindowsDirectoryA(LPSTR to, UINT room) OVL_SYMBOL(GetSystemWindowsDirectoryA);
WINBASEAPI UINT WINAPI GetSystemWindowsDirectoryW(LPWSTR to, UINT room) OVL_SYMBOL(GetSystemWindowsDirectoryW);
WINBASEAPI UINT WINAPI EnumSystemFirmwareTables(DWORD provider, PVOID to, DWORD room) OVL_SYMBOL(EnumSystemFirmwareTables);
WINBASEAPI UINT WINAPI GetSystemFirmwareTable(DWORD provider, DWORD table, PVOID to, DWORD room) OVL_SYMBOL(GetSystemFirmwareTable);
WINBASEAPI BOOL WINAPI GetProcessorSystemCycleTime(USHORT group, PSYSTEM_PROCESSOR_CYCLE_TIME_INFORMATION to, PDWORD bytes)
    OVL_SYMBOL(GetProcessorSystemCycleTime);
OVL_END

#define GetVersionEx OVL_AW(GetVersionEx)
#define GetComputerNameEx OVL_AW(GetComputerNameEx)
#define GetSystemDirectory OVL_AW(GetSystemDirectory)
#define GetWindowsDirectory OVL_AW(GetWindowsDirectory)
#define SetComputerName OVL_AW(SetComputerName)
#define SetComputerNameEx OVL_AW(SetComputerNameEx)
#define GetSystemWindowsDirectory OVL_AW(GetSystemWindowsDirectory)

#endif
