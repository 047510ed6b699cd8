/* Heaps, Local and Global memory, pages (design section 5: the companions). */
#include "say.h"
#include <string.h>

static int all(const BYTE *p, SIZE_T n, BYTE value)
{
    while (n--)
        if (*p++ != value)
            return 0;
    return 1;
}

int main(void)
{
    HANDLE heap;
    BYTE *p, *q, *pages;
    MEMORY_BASIC_INFORMATION info;
    SYSTEM_INFO system;
    DWORD old;
    HGLOBAL movable;

    puts("-- the process heap");
    p = (BYTE *)HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 100);
    printf("allocated: %s, zero: %s, size %lu\n", p ? "yes" : "no", all(p, 100, 0) ? "yes" : "no",
           (DWORD)HeapSize(GetProcessHeap(), 0, p));
    memset(p, 7, 100);
    q = (BYTE *)HeapReAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, p, 5000);
    printf("grown: %s, kept: %s, the rest zero: %s, size %lu\n", q ? "yes" : "no", all(q, 100, 7) ? "yes" : "no",
           all(q + 100, 4900, 0) ? "yes" : "no", (DWORD)HeapSize(GetProcessHeap(), 0, q));
    say("HeapFree", HeapFree(GetProcessHeap(), 0, q));
    say("HeapFree of NULL", HeapFree(GetProcessHeap(), 0, NULL));
    p = (BYTE *)HeapAlloc(GetProcessHeap(), 0, 0);
    printf("nothing is something: %s, size %lu\n", p ? "yes" : "no", (DWORD)HeapSize(GetProcessHeap(), 0, p));
    HeapFree(GetProcessHeap(), 0, p);

    puts("-- a heap of its own");
    heap = HeapCreate(0, 0, 0);
    say("HeapCreate", heap != NULL);
    p = (BYTE *)HeapAlloc(heap, 0, 1000);
    printf("aligned to 16: %s\n", ((ULONG_PTR)p & 15) == 0 ? "yes" : "no");
    HeapAlloc(heap, 0, 2000);
    say("HeapValidate", HeapValidate(heap, 0, NULL));
    say("HeapDestroy", HeapDestroy(heap));

    puts("-- Local and Global");
    p = (BYTE *)LocalAlloc(LPTR, 64);
    printf("LocalAlloc: %s, size %lu\n", all(p, 64, 0) ? "zero" : "not zero", (DWORD)LocalSize(p));
    printf("LocalFree: %s\n", LocalFree(p) == NULL ? "NULL" : "failed");
    movable = GlobalAlloc(GMEM_MOVEABLE | GMEM_ZEROINIT, 64);
    p = (BYTE *)GlobalLock(movable);
    printf("GlobalLock: %s, size %lu\n", all(p, 64, 0) ? "zero" : "not zero", (DWORD)GlobalSize(movable));
    printf("GlobalHandle: %s\n", GlobalHandle(p) == movable ? "the same" : "another");
    SetLastError(1234);
    printf("GlobalUnlock: %d", GlobalUnlock(movable));
    printf("/%lu\n", GetLastError());
    printf("GlobalFree: %s\n", GlobalFree(movable) == NULL ? "NULL" : "failed");

    puts("-- pages");
    GetSystemInfo(&system);
    pages = (BYTE *)VirtualAlloc(NULL, 4 * system.dwPageSize, MEM_RESERVE, PAGE_NOACCESS);
    VirtualQuery(pages, &info, sizeof info);
    printf("reserved: %s, %lu pages\n", info.State == MEM_RESERVE ? "yes" : "no", (DWORD)(info.RegionSize / system.dwPageSize));
    p = (BYTE *)VirtualAlloc(pages + system.dwPageSize, system.dwPageSize, MEM_COMMIT, PAGE_READWRITE);
    printf("committed: %s, zero: %s\n", p == pages + system.dwPageSize ? "yes" : "no", all(p, system.dwPageSize, 0) ? "yes" : "no");
    p[0] = 1;
    VirtualQuery(p, &info, sizeof info);
    printf("state: %s, protection %lX, %lu page\n", info.State == MEM_COMMIT ? "committed" : "else", info.Protect,
           (DWORD)(info.RegionSize / system.dwPageSize));
    say("VirtualProtect", VirtualProtect(p, system.dwPageSize, PAGE_READONLY, &old));
    printf("it was %lX\n", old);
    say("decommitted", VirtualFree(p, system.dwPageSize, MEM_DECOMMIT));
    say("released in part", VirtualFree(pages, system.dwPageSize, MEM_RELEASE));
    say("released", VirtualFree(pages, 0, MEM_RELEASE));
    return 0;
}
