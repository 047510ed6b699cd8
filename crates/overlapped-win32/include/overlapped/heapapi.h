/* Heaps. */
#ifndef OVL_HEAPAPI_H
#define OVL_HEAPAPI_H
#include "minwindef.h"

typedef enum _HEAP_INFORMATION_CLASS {
    HeapCompatibilityInformation = 0,
    HeapEnableTerminationOnCorruption = 1
} HEAP_INFORMATION_CLASS;

typedef struct _HEAP_SUMMARY {
    DWORD cb;
    SIZE_T cbAllocated;
    SIZE_T cbCommitted;
    SIZE_T cbReserved;
    SIZE_T cbMaxReserve;
} HEAP_SUMMARY, *PHEAP_SUMMARY, *LPHEAP_SUMMARY;
OVL_SIZE(HEAP_SUMMARY, 40);
#define PROCESS_HEAP_REGION 0x1
#define PROCESS_HEAP_UNCOMMITTED_RANGE 0x2
#define PROCESS_HEAP_ENTRY_BUSY 0x4
#define PROCESS_HEAP_SEG_ALLOC 0x8
#define PROCESS_HEAP_ENTRY_MOVEABLE 0x10
#define PROCESS_HEAP_ENTRY_DDESHARE 0x20
typedef struct _PROCESS_HEAP_ENTRY {
    PVOID lpData;
    DWORD cbData;
    BYTE cbOverhead;
    BYTE iRegionIndex;
    WORD wFlags;
    __extension__ union {
        struct {
            HANDLE hMem;
            DWORD dwReserved[3];
        } Block;
        struct {
            DWORD dwCommittedSize;
            DWORD dwUnCommittedSize;
            LPVOID lpFirstBlock;
            LPVOID lpLastBlock;
        } Region;
    } DUMMYUNIONNAME;
} PROCESS_HEAP_ENTRY, *LPPROCESS_HEAP_ENTRY, *PPROCESS_HEAP_ENTRY;
OVL_SIZE(PROCESS_HEAP_ENTRY, 40);
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
WINBASEAPI BOOL WINAPI HeapLock(HANDLE heap) OVL_SYMBOL(HeapLock);
WINBASEAPI BOOL WINAPI HeapUnlock(HANDLE heap) OVL_SYMBOL(HeapUnlock);
WINBASEAPI BOOL WINAPI HeapWalk(HANDLE heap, LPPROCESS_HEAP_ENTRY entry) OVL_SYMBOL(HeapWalk);
WINBASEAPI BOOL WINAPI HeapSummary(HANDLE heap, DWORD flags, LPHEAP_SUMMARY to) OVL_SYMBOL(HeapSummary);
WINBASEAPI BOOL WINAPI HeapQueryInformation(HANDLE heap, HEAP_INFORMATION_CLASS what, PVOID to, SIZE_T bytes, PSIZE_T needed)
    OVL_SYMBOL(HeapQueryInformation);
OVL_END

#endif
