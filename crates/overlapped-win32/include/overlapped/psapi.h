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
OVL_END

#define EnumProcesses K32EnumProcesses
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
