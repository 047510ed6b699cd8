/* Heaps. */
#ifndef OVL_HEAPAPI_H
#define OVL_HEAPAPI_H
#include "minwindef.h"

OVL_BEGIN
WINBASEAPI HANDLE WINAPI GetProcessHeap(VOID) OVL_SYMBOL(GetProcessHeap);
WINBASEAPI HANDLE WINAPI HeapCreate(DWORD flags, SIZE_T initial, SIZE_T most) OVL_SYMBOL(HeapCreate);
WINBASEAPI BOOL WINAPI HeapDestroy(HANDLE heap) OVL_SYMBOL(HeapDestroy);
WINBASEAPI LPVOID WINAPI HeapAlloc(HANDLE heap, DWORD flags, SIZE_T bytes) OVL_SYMBOL(HeapAlloc);
WINBASEAPI LPVOID WINAPI HeapReAlloc(HANDLE heap, DWORD flags, LPVOID memory, SIZE_T bytes) OVL_SYMBOL(HeapReAlloc);
WINBASEAPI BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID memory) OVL_SYMBOL(HeapFree);
WINBASEAPI SIZE_T WINAPI HeapSize(HANDLE heap, DWORD flags, LPCVOID memory) OVL_SYMBOL(HeapSize);
WINBASEAPI BOOL WINAPI HeapValidate(HANDLE heap, DWORD flags, LPCVOID memory) OVL_SYMBOL(HeapValidate);
OVL_END

#endif
