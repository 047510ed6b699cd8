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

#if OVL_HAVE_FILE_MAPPING
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
#endif
OVL_END

#define CreateFileMapping OVL_AW(CreateFileMapping)
#define OpenFileMapping OVL_AW(OpenFileMapping)

#endif
