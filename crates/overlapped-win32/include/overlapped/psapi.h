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

OVL_BEGIN
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
OVL_END

#define EnumProcesses K32EnumProcesses
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
