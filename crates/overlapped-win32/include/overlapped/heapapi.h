/* Heaps. */
#ifndef OVL_HEAPAPI_H
#define OVL_HEAPAPI_H
#include "minwindef.h"

typedef enum _HEAP_INFORMATION_CLASS {
    HeapCompatibilityInformation = 0,
    HeapEnableTerminationOnCorruption = 1
} HEAP_INFORMATION_CLASS;

OVL_BEGIN
WINBASEAPI HANDLE WINAPI GetProcessHeap(VOID) OVL_SYMBOL(GetProcessHeap);
WINBASEAPI HANDLE WINAPI HeapCreate(DWORD flags, SIZE_T initial, SIZE_T most) OVL_SYMBOL(HeapCreate);
WINBASEAPI BOOL WINAPI HeapDestroy(HANDLE heap) OVL_SYMBOL(HeapDestroy);
WINBASEAPI LPVOID WINAPI HeapAlloc(HANDLE heap, DWORD flags, SIZE_T bytes) OVL_SYMBOL(HeapAlloc);
WINBASEAPI LPVOID WINAPI HeapReAlloc(HANDLE heap, DWORD flags, LPVOID memory, SIZE_T bytes) OVL_SYMBOL(HeapReAlloc);
WINBASEAPI BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID memory) OVL_SYMBOL(HeapFree);
WINBASEAPI SIZE_T WINAPI HeapSize(HANDLE heap, DWORD flags, LPCVOID memory) OVL_SYMBOL(HeapSize);
WINBASEAPI BOOL WINAPI HeapValidate(HANDLE heap, DWORD flags, LPCVOID memory) OVL_SYMBOL(HeapValidate);
WINBASEAPI SIZE_T WINAPI HeapCompact(HANDLE heap, DWORD flags) OVL_SYMBOL(HeapCompact);
WINBASEAPI BOOL WINAPI HeapSetInformation(HANDLE heap, HEAP_INFORMATION_CLASS what, PVOID from, SIZE_T bytes)
    OVL_SYMBOL(HeapSetInformation);
WINBASEAPI DWORD WINAPI GetProcessHeaps(DWORD room, PHANDLE heaps) OVL_SYMBOL(GetProcessHeaps);
OVL_END

#endif
