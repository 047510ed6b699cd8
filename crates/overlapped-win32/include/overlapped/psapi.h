/* What processes there are, and what they use. */
#ifndef OVL_PSAPI_H
#define OVL_PSAPI_H
#include "minwinbase.h"

typedef struct _PROCESS_MEMORY_COUNTERS {
    DWORD cb;
    DWORD PageFaultCount;
    SIZE_T PeakWorkingSetSize;
    SIZE_T WorkingSetSize;
    SIZE_T QuotaPeakPagedPoolUsage;
    SIZE_T QuotaPagedPoolUsage;
    SIZE_T QuotaPeakNonPagedPoolUsage;
    SIZE_T QuotaNonPagedPoolUsage;
    SIZE_T PagefileUsage;
    SIZE_T PeakPagefileUsage;
} PROCESS_MEMORY_COUNTERS, *PPROCESS_MEMORY_COUNTERS;
OVL_SIZE(PROCESS_MEMORY_COUNTERS, 72);
typedef struct _PROCESS_MEMORY_COUNTERS_EX {
    DWORD cb;
    DWORD PageFaultCount;
    SIZE_T PeakWorkingSetSize;
    SIZE_T WorkingSetSize;
    SIZE_T QuotaPeakPagedPoolUsage;
    SIZE_T QuotaPagedPoolUsage;
    SIZE_T QuotaPeakNonPagedPoolUsage;
    SIZE_T QuotaNonPagedPoolUsage;
    SIZE_T PagefileUsage;
    SIZE_T PeakPagefileUsage;
    SIZE_T PrivateUsage;
} PROCESS_MEMORY_COUNTERS_EX, *PPROCESS_MEMORY_COUNTERS_EX;
OVL_SIZE(PROCESS_MEMORY_COUNTERS_EX, 80);

typedef struct _MODULEINFO {
    LPVOID lpBaseOfDll;
    DWORD SizeOfImage;
    LPVOID EntryPoint;
} MODULEINFO, *LPMODULEINFO;
OVL_SIZE(MODULEINFO, 24);
#define LIST_MODULES_DEFAULT 0x0
#define LIST_MODULES_32BIT 0x1
#define LIST_MODULES_64BIT 0x2
#define LIST_MODULES_ALL 0x3

typedef union _PSAPI_WORKING_SET_BLOCK {
    ULONG_PTR Flags;
    __extension__ struct {
        ULONG_PTR Protection : 5;
        ULONG_PTR ShareCount : 3;
        ULONG_PTR Shared : 1;
        ULONG_PTR Reserved : 3;
        ULONG_PTR VirtualPage : 52;
    };
} PSAPI_WORKING_SET_BLOCK, *PPSAPI_WORKING_SET_BLOCK;
typedef struct _PSAPI_WORKING_SET_INFORMATION {
    ULONG_PTR NumberOfEntries;
    PSAPI_WORKING_SET_BLOCK WorkingSetInfo[1];
} PSAPI_WORKING_SET_INFORMATION, *PPSAPI_WORKING_SET_INFORMATION;
OVL_SIZE(PSAPI_WORKING_SET_INFORMATION, 16);
typedef union _PSAPI_WORKING_SET_EX_BLOCK {
    ULONG_PTR Flags;
    __extension__ struct {
        ULONG_PTR Valid : 1;
        ULONG_PTR ShareCount : 3;
        ULONG_PTR Win32Protection : 11;
        ULONG_PTR Shared : 1;
        ULONG_PTR Node : 6;
        ULONG_PTR Locked : 1;
        ULONG_PTR LargePage : 1;
        ULONG_PTR Reserved : 7;
        ULONG_PTR Bad : 1;
        ULONG_PTR ReservedUlong : 32;
    };
} PSAPI_WORKING_SET_EX_BLOCK, *PPSAPI_WORKING_SET_EX_BLOCK;
typedef struct _PSAPI_WORKING_SET_EX_INFORMATION {
    PVOID VirtualAddress;
    PSAPI_WORKING_SET_EX_BLOCK VirtualAttributes;
} PSAPI_WORKING_SET_EX_INFORMATION, *PPSAPI_WORKING_SET_EX_INFORMATION;
OVL_SIZE(PSAPI_WORKING_SET_EX_INFORMATION, 16);
typedef struct _PERFORMANCE_INFORMATION {
    DWORD cb;
    SIZE_T CommitTotal;
    SIZE_T CommitLimit;
    SIZE_T CommitPeak;
    SIZE_T PhysicalTotal;
    SIZE_T PhysicalAvailable;
    SIZE_T SystemCache;
    SIZE_T KernelTotal;
    SIZE_T KernelPaged;
    SIZE_T KernelNonpaged;
    SIZE_T PageSize;
    DWORD HandleCount;
    DWORD ProcessCount;
    DWORD ThreadCount;
} PERFORMANCE_INFORMATION, *PPERFORMANCE_INFORMATION, PERFORMACE_INFORMATION, *PPERFORMACE_INFORMATION;
OVL_SIZE(PERFORMANCE_INFORMATION, 104);
typedef struct _ENUM_PAGE_FILE_INFORMATION {
    DWORD cb;
    DWORD Reserved;
    SIZE_T TotalSize;
    SIZE_T TotalInUse;
    SIZE_T PeakUsage;
} ENUM_PAGE_FILE_INFORMATION, *PENUM_PAGE_FILE_INFORMATION;
OVL_SIZE(ENUM_PAGE_FILE_INFORMATION, 32);
typedef BOOL (*PENUM_PAGE_FILE_CALLBACKA)(LPVOID context, PENUM_PAGE_FILE_INFORMATION file, LPCSTR name);
typedef BOOL (*PENUM_PAGE_FILE_CALLBACKW)(LPVOID context, PENUM_PAGE_FILE_INFORMATION file, LPCWSTR name);
OVL_BEGIN
WINBASEAPI BOOL WINAPI K32EnumProcessModules(HANDLE process, HMODULE *to, DWORD bytes, LPDWORD needed)
    OVL_SYMBOL(K32EnumProcessModules);
WINBASEAPI BOOL WINAPI K32EnumProcessModulesEx(HANDLE process, HMODULE *to, DWORD bytes, LPDWORD needed, DWORD filter)
    OVL_SYMBOL(K32EnumProcessModulesEx);
WINBASEAPI BOOL WINAPI K32GetModuleInformation(HANDLE process, HMODULE module, LPMODULEINFO to, DWORD bytes)
    OVL_SYMBOL(K32GetModuleInformation);
WINBASEAPI DWORD WINAPI K32GetMappedFileNameA(HANDLE process, LPVOID address, LPSTR to, DWORD room) OVL_SYMBOL(K32GetMappedFileNameA);
WINBASEAPI DWORD WINAPI K32GetMappedFileNameW(HANDLE process, LPVOID address, LPWSTR to, DWORD room)
    OVL_SYMBOL(K32GetMappedFileNameW);
WINBASEAPI BOOL WINAPI K32EnumProcesses(DWORD *to, DWORD bytes, LPDWORD needed) OVL_SYMBOL(K32EnumProcesses);
WINBASEAPI BOOL WINAPI K32GetProcessMemoryInfo(HANDLE process, PPROCESS_MEMORY_COUNTERS to, DWORD bytes)
    OVL_SYMBOL(K32GetProcessMemoryInfo);
WINBASEAPI DWORD WINAPI K32GetProcessImageFileNameA(HANDLE process, LPSTR to, DWORD size) OVL_SYMBOL(K32GetProcessImageFileNameA);
WINBASEAPI DWORD WINAPI K32GetProcessImageFileNameW(HANDLE process, LPWSTR to, DWORD size) OVL_SYMBOL(K32GetProcessImageFileNameW);
WINBASEAPI DWORD WINAPI K32GetModuleBaseNameA(HANDLE process, HMODULE module, LPSTR to, DWORD size)
    OVL_SYMBOL(K32GetModuleBaseNameA);
WINBASEAPI DWORD WINAPI K32GetModuleBaseNameW(HANDLE process, HMODULE module, LPWSTR to, DWORD size)
    OVL_SYMBOL(K32GetModuleBaseNameW);
WINBASEAPI DWORD WINAPI K32GetModuleFileNameExA(HANDLE process, HMODULE module, LPSTR to, DWORD size)
    OVL_SYMBOL(K32GetModuleFileNameExA);
WINBASEAPI DWORD WINAPI K32GetModuleFileNameExW(HANDLE process, HMODULE module, LPWSTR to, DWORD size)
    OVL_SYMBOL(K32GetModuleFileNameExW);
WINBASEAPI BOOL WINAPI K32EmptyWorkingSet(HANDLE process) OVL_SYMBOL(K32EmptyWorkingSet);
WINBASEAPI BOOL WINAPI K32QueryWorkingSet(HANDLE process, PVOID to, DWORD bytes) OVL_SYMBOL(K32QueryWorkingSet);
WINBASEAPI BOOL WINAPI K32QueryWorkingSetEx(HANDLE process, PVOID entries, DWORD bytes) OVL_SYMBOL(K32QueryWorkingSetEx);
WINBASEAPI BOOL WINAPI K32GetPerformanceInfo(PPERFORMANCE_INFORMATION to, DWORD bytes) OVL_SYMBOL(K32GetPerformanceInfo);
WINBASEAPI BOOL WINAPI K32EnumPageFilesA(PENUM_PAGE_FILE_CALLBACKA callback, LPVOID context) OVL_SYMBOL(K32EnumPageFilesA);
WINBASEAPI BOOL WINAPI K32EnumPageFilesW(PENUM_PAGE_FILE_CALLBACKW callback, LPVOID context) OVL_SYMBOL(K32EnumPageFilesW);
OVL_END

#define EnumProcesses K32EnumProcesses
#define EmptyWorkingSet K32EmptyWorkingSet
#define QueryWorkingSet K32QueryWorkingSet
#define QueryWorkingSetEx K32QueryWorkingSetEx
#define GetPerformanceInfo K32GetPerformanceInfo
#define EnumPageFilesA K32EnumPageFilesA
#define EnumPageFilesW K32EnumPageFilesW
#define EnumPageFiles OVL_AW(EnumPageFiles)
#define EnumProcessModules K32EnumProcessModules
#define EnumProcessModulesEx K32EnumProcessModulesEx
#define GetModuleInformation K32GetModuleInformation
#define GetMappedFileNameA K32GetMappedFileNameA
#define GetMappedFileNameW K32GetMappedFileNameW
#define GetMappedFileName OVL_AW(GetMappedFileName)
#define GetProcessMemoryInfo K32GetProcessMemoryInfo
#define GetProcessImageFileNameA K32GetProcessImageFileNameA
#define GetProcessImageFileNameW K32GetProcessImageFileNameW
#define GetModuleBaseNameA K32GetModuleBaseNameA
#define GetModuleBaseNameW K32GetModuleBaseNameW
#define GetModuleBaseName OVL_AW(GetModuleBaseName)
#define GetModuleFileNameExA K32GetModuleFileNameExA
#define GetModuleFileNameExW K32GetModuleFileNameExW
#define GetProcessImageFileName OVL_AW(GetProcessImageFileName)
#define GetModuleFileNameEx OVL_AW(GetModuleFileNameEx)

#endif
