/* Pages of memory and mapped files. */
#ifndef OVL_MEMORYAPI_H
#define OVL_MEMORYAPI_H
#include "minwinbase.h"

#define FILE_MAP_COPY 0x0001
#define FILE_MAP_WRITE SECTION_MAP_WRITE
#define FILE_MAP_READ SECTION_MAP_READ
#define FILE_MAP_EXECUTE 0x0020
#define FILE_MAP_ALL_ACCESS SECTION_ALL_ACCESS

OVL_BEGIN
WINBASEAPI LPVOID WINAPI VirtualAlloc(LPVOID address, SIZE_T bytes, DWORD type, DWORD protection) OVL_SYMBOL(VirtualAlloc);
WINBASEAPI BOOL WINAPI VirtualFree(LPVOID address, SIZE_T bytes, DWORD type) OVL_SYMBOL(VirtualFree);
WINBASEAPI BOOL WINAPI VirtualProtect(LPVOID address, SIZE_T bytes, DWORD protection, PDWORD before) OVL_SYMBOL(VirtualProtect);
WINBASEAPI SIZE_T WINAPI VirtualQuery(LPCVOID address, PMEMORY_BASIC_INFORMATION to, SIZE_T bytes) OVL_SYMBOL(VirtualQuery);
WINBASEAPI BOOL WINAPI VirtualLock(LPVOID address, SIZE_T bytes) OVL_SYMBOL(VirtualLock);
WINBASEAPI BOOL WINAPI VirtualUnlock(LPVOID address, SIZE_T bytes) OVL_SYMBOL(VirtualUnlock);

WINBASEAPI LPVOID WINAPI VirtualAllocEx(HANDLE process, LPVOID address, SIZE_T bytes, DWORD type, DWORD protection)
    OVL_SYMBOL(VirtualAllocEx);
WINBASEAPI BOOL WINAPI VirtualFreeEx(HANDLE process, LPVOID address, SIZE_T bytes, DWORD type) OVL_SYMBOL(VirtualFreeEx);
WINBASEAPI SIZE_T WINAPI GetLargePageMinimum(VOID) OVL_SYMBOL(GetLargePageMinimum);
WINBASEAPI BOOL WINAPI GetProcessWorkingSetSize(HANDLE process, PSIZE_T least, PSIZE_T most) OVL_SYMBOL(GetProcessWorkingSetSize);
WINBASEAPI BOOL WINAPI SetProcessWorkingSetSize(HANDLE process, SIZE_T least, SIZE_T most) OVL_SYMBOL(SetProcessWorkingSetSize);

WINBASEAPI HANDLE WINAPI CreateFileMappingA(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protection, DWORD high, DWORD low,
                                            LPCSTR name) OVL_SYMBOL(CreateFileMappingA);
WINBASEAPI HANDLE WINAPI CreateFileMappingW(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protection, DWORD high, DWORD low,
                                            LPCWSTR name) OVL_SYMBOL(CreateFileMappingW);
WINBASEAPI HANDLE WINAPI OpenFileMappingA(DWORD access, BOOL inherit, LPCSTR name) OVL_SYMBOL(OpenFileMappingA);
WINBASEAPI HANDLE WINAPI OpenFileMappingW(DWORD access, BOOL inherit, LPCWSTR name) OVL_SYMBOL(OpenFileMappingW);
WINBASEAPI LPVOID WINAPI MapViewOfFile(HANDLE mapping, DWORD access, DWORD high, DWORD low, SIZE_T bytes)
    OVL_SYMBOL(MapViewOfFile);
WINBASEAPI LPVOID WINAPI MapViewOfFileEx(HANDLE mapping, DWORD access, DWORD high, DWORD low, SIZE_T bytes, LPVOID address)
    OVL_SYMBOL(MapViewOfFileEx);
WINBASEAPI BOOL WINAPI FlushViewOfFile(LPCVOID address, SIZE_T bytes) OVL_SYMBOL(FlushViewOfFile);
WINBASEAPI BOOL WINAPI UnmapViewOfFile(LPCVOID address) OVL_SYMBOL(UnmapViewOfFile);
WINBASEAPI BOOL WINAPI ReadProcessMemory(HANDLE process, LPCVOID from, LPVOID to, SIZE_T bytes, SIZE_T *done)
    OVL_SYMBOL(ReadProcessMemory);
WINBASEAPI BOOL WINAPI WriteProcessMemory(HANDLE process, LPVOID to, LPCVOID from, SIZE_T bytes, SIZE_T *done)
    OVL_SYMBOL(WriteProcessMemory);
WINBASEAPI SIZE_T WINAPI VirtualQueryEx(HANDLE process, LPCVOID address, PMEMORY_BASIC_INFORMATION to, SIZE_T bytes)
    OVL_SYMBOL(VirtualQueryEx);
WINBASEAPI BOOL WINAPI VirtualProtectEx(HANDLE process, LPVOID address, SIZE_T bytes, DWORD protection, PDWORD before)
    OVL_SYMBOL(VirtualProtectEx);
WINBASEAPI LPVOID WINAPI VirtualAllocExNuma(HANDLE process, LPVOID address, SIZE_T bytes, DWORD type, DWORD protection, DWORD node)
    OVL_SYMBOL(VirtualAllocExNuma);
WINBASEAPI BOOL WINAPI VirtualUnlockEx(HANDLE process, LPVOID address, SIZE_T bytes) OVL_SYMBOL(VirtualUnlockEx);
WINBASEAPI PVOID WINAPI VirtualAlloc2(HANDLE process, PVOID address, SIZE_T bytes, ULONG type, ULONG protection,
                                      MEM_EXTENDED_PARAMETER *parameters, ULONG count) OVL_SYMBOL(VirtualAlloc2);

/* Programs from the store have these. */
#define VirtualAlloc2FromApp VirtualAlloc2
#define VirtualAllocFromApp VirtualAlloc
#define VirtualProtectFromApp VirtualProtect

/* Pages that are written to, wanted soon, or wanted no more. */
WINBASEAPI UINT WINAPI GetWriteWatch(DWORD flags, PVOID address, SIZE_T bytes, PVOID *to, ULONG_PTR *count, LPDWORD pageBytes)
    OVL_SYMBOL(GetWriteWatch);
WINBASEAPI UINT WINAPI ResetWriteWatch(LPVOID address, SIZE_T bytes) OVL_SYMBOL(ResetWriteWatch);
typedef struct _WIN32_MEMORY_RANGE_ENTRY {
    PVOID VirtualAddress;
    SIZE_T NumberOfBytes;
} WIN32_MEMORY_RANGE_ENTRY, *PWIN32_MEMORY_RANGE_ENTRY;
OVL_SIZE(WIN32_MEMORY_RANGE_ENTRY, 16);
WINBASEAPI BOOL WINAPI PrefetchVirtualMemory(HANDLE process, ULONG_PTR count, PWIN32_MEMORY_RANGE_ENTRY ranges, ULONG flags)
    OVL_SYMBOL(PrefetchVirtualMemory);
typedef enum OFFER_PRIORITY {
    VmOfferPriorityVeryLow = 1,
    VmOfferPriorityLow,
    VmOfferPriorityBelowNormal,
    VmOfferPriorityNormal
} OFFER_PRIORITY;
WINBASEAPI DWORD WINAPI OfferVirtualMemory(PVOID address, SIZE_T bytes, OFFER_PRIORITY priority) OVL_SYMBOL(OfferVirtualMemory);
WINBASEAPI DWORD WINAPI ReclaimVirtualMemory(void const *address, SIZE_T bytes) OVL_SYMBOL(ReclaimVirtualMemory);
WINBASEAPI DWORD WINAPI DiscardVirtualMemory(PVOID address, SIZE_T bytes) OVL_SYMBOL(DiscardVirtualMemory);

/* Memory that stays where it is, and how much there is. */
WINBASEAPI BOOL WINAPI AllocateUserPhysicalPages(HANDLE process, PULONG_PTR count, PULONG_PTR frames)
    OVL_SYMBOL(AllocateUserPhysicalPages);
WINBASEAPI BOOL WINAPI AllocateUserPhysicalPagesNuma(HANDLE process, PULONG_PTR count, PULONG_PTR frames, DWORD node)
    OVL_SYMBOL(AllocateUserPhysicalPagesNuma);
WINBASEAPI BOOL WINAPI FreeUserPhysicalPages(HANDLE process, PULONG_PTR count, PULONG_PTR frames) OVL_SYMBOL(FreeUserPhysicalPages);
WINBASEAPI BOOL WINAPI MapUserPhysicalPages(PVOID address, ULONG_PTR count, PULONG_PTR frames) OVL_SYMBOL(MapUserPhysicalPages);
#define QUOTA_LIMITS_HARDWS_MIN_ENABLE 0x1
#define QUOTA_LIMITS_HARDWS_MIN_DISABLE 0x2
#define QUOTA_LIMITS_HARDWS_MAX_ENABLE 0x4
#define QUOTA_LIMITS_HARDWS_MAX_DISABLE 0x8
WINBASEAPI BOOL WINAPI GetProcessWorkingSetSizeEx(HANDLE process, PSIZE_T least, PSIZE_T most, PDWORD flags)
    OVL_SYMBOL(GetProcessWorkingSetSizeEx);
WINBASEAPI BOOL WINAPI SetProcessWorkingSetSizeEx(HANDLE process, SIZE_T least, SIZE_T most, DWORD flags)
    OVL_SYMBOL(SetProcessWorkingSetSizeEx);
#define FILE_CACHE_MAX_HARD_ENABLE 0x1
#define FILE_CACHE_MAX_HARD_DISABLE 0x2
#define FILE_CACHE_MIN_HARD_ENABLE 0x4
#define FILE_CACHE_MIN_HARD_DISABLE 0x8
WINBASEAPI BOOL WINAPI GetSystemFileCacheSize(PSIZE_T least, PSIZE_T most, PDWORD flags) OVL_SYMBOL(GetSystemFileCacheSize);
WINBASEAPI BOOL WINAPI SetSystemFileCacheSize(SIZE_T least, SIZE_T most, DWORD flags) OVL_SYMBOL(SetSystemFileCacheSize);
typedef enum _MEMORY_RESOURCE_NOTIFICATION_TYPE {
    LowMemoryResourceNotification,
    HighMemoryResourceNotification
} MEMORY_RESOURCE_NOTIFICATION_TYPE;
WINBASEAPI HANDLE WINAPI CreateMemoryResourceNotification(MEMORY_RESOURCE_NOTIFICATION_TYPE type)
    OVL_SYMBOL(CreateMemoryResourceNotification);
WINBASEAPI BOOL WINAPI QueryMemoryResourceNotification(HANDLE notification, PBOOL is) OVL_SYMBOL(QueryMemoryResourceNotification);

WINBASEAPI HANDLE WINAPI CreateFileMappingNumaW(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protection, DWORD high,
                                                DWORD low, LPCWSTR name, DWORD node) OVL_SYMBOL(CreateFileMappingNumaW);
WINBASEAPI HANDLE WINAPI CreateFileMapping2(HANDLE file, SECURITY_ATTRIBUTES *security, ULONG access, ULONG protection,
                                            ULONG attributes, ULONG64 bytes, PCWSTR name, MEM_EXTENDED_PARAMETER *parameters,
                                            ULONG count) OVL_SYMBOL(CreateFileMapping2);
WINBASEAPI HANDLE WINAPI CreateFileMappingFromApp(HANDLE file, PSECURITY_ATTRIBUTES security, ULONG protection, ULONG64 bytes,
                                                  PCWSTR name) OVL_SYMBOL(CreateFileMappingFromApp);
#define OpenFileMappingFromApp OpenFileMappingW
WINBASEAPI LPVOID WINAPI MapViewOfFileExNuma(HANDLE mapping, DWORD access, DWORD high, DWORD low, SIZE_T bytes, LPVOID address,
                                             DWORD node) OVL_SYMBOL(MapViewOfFileExNuma);
WINBASEAPI PVOID WINAPI MapViewOfFileFromApp(HANDLE mapping, ULONG access, ULONG64 offset, SIZE_T bytes)
    OVL_SYMBOL(MapViewOfFileFromApp);
WINBASEAPI PVOID WINAPI MapViewOfFile3(HANDLE mapping, HANDLE process, PVOID address, ULONG64 offset, SIZE_T bytes, ULONG type,
                                       ULONG protection, MEM_EXTENDED_PARAMETER *parameters, ULONG count)
    OVL_SYMBOL(MapViewOfFile3);
#define MapViewOfFile3FromApp MapViewOfFile3
WINBASEAPI PVOID WINAPI MapViewOfFileNuma2(HANDLE mapping, HANDLE process, ULONG64 offset, PVOID address, SIZE_T bytes, ULONG type,
                                           ULONG protection, ULONG node) OVL_SYMBOL(MapViewOfFileNuma2);
#define NUMA_NO_PREFERRED_NODE ((DWORD)-1)
#define MapViewOfFile2(mapping, process, offset, address, bytes, type, protection) \
    MapViewOfFileNuma2(mapping, process, offset, address, bytes, type, protection, NUMA_NO_PREFERRED_NODE)
WINBASEAPI BOOL WINAPI UnmapViewOfFile2(HANDLE process, PVOID address, ULONG flags) OVL_SYMBOL(UnmapViewOfFile2);
WINBASEAPI BOOL WINAPI UnmapViewOfFileEx(PVOID address, ULONG flags) OVL_SYMBOL(UnmapViewOfFileEx);
OVL_END

#define CreateFileMapping OVL_AW(CreateFileMapping)
#define OpenFileMapping OVL_AW(OpenFileMapping)

#endif
