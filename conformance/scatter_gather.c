/* One request for many pages: WriteFileGather and ReadFileScatter (contract 02 section 11). */
#include "say.h"
#include <string.h>

#define PAGES 4
#define PAGE 4096

int main(void)
{
    FILE_SEGMENT_ELEMENT segments[PAGES + 1];
    OVERLAPPED o = {0};
    DWORD n, i;
    BOOL ok;
    BYTE *pages = (BYTE *)VirtualAlloc(NULL, PAGES * PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    HANDLE plain, file = CreateFileA("gather.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS,
                                     FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING, NULL);
    say_handle("CreateFile", file);

    /* The pages in the order 3, 1, 2, 0. */
    static const int order[PAGES] = {3, 1, 2, 0};
    memset(segments, 0, sizeof segments);
    for (i = 0; i < PAGES; i++) {
        memset(pages + i * PAGE, 'a' + (int)i, PAGE);
        segments[i].Buffer = PtrToPtr64(pages + order[i] * PAGE);
    }
    say("WriteFileGather", WriteFileGather(file, segments, PAGES * PAGE, NULL, &o));
    say("GetOverlappedResult", GetOverlappedResult(file, &o, &n, TRUE));
    printf("%lu bytes\n", n);

    memset(pages, 0, PAGES * PAGE);
    for (i = 0; i < PAGES; i++)
        segments[i].Buffer = PtrToPtr64(pages + i * PAGE);
    ok = ReadFileScatter(file, segments, PAGES * PAGE, NULL, &o);
    say("ReadFileScatter", ok);
    say("GetOverlappedResult", GetOverlappedResult(file, &o, &n, TRUE));
    printf("%lu bytes: %c%c%c%c\n", n, pages[0], pages[PAGE], pages[2 * PAGE], pages[3 * PAGE]);

    puts("-- the end");
    o.Offset = 3 * PAGE;
    memset(pages, '-', PAGES * PAGE);
    say("across it", ReadFileScatter(file, segments, 2 * PAGE, NULL, &o));
    say("GetOverlappedResult", GetOverlappedResult(file, &o, &n, TRUE));
    printf("%lu bytes: %c\n", n, pages[0]);
    o.Offset = 4 * PAGE;
    say("past it", ReadFileScatter(file, segments, PAGE, NULL, &o));
    say("GetOverlappedResult", GetOverlappedResult(file, &o, &n, TRUE));

    puts("-- refused");
    plain = CreateFileA("gather.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    say("with buffering", ReadFileScatter(plain, segments, PAGE, NULL, &o));
    CloseHandle(plain);

    CloseHandle(file);
    VirtualFree(pages, 0, MEM_RELEASE);
    DeleteFileA("gather.dat");
    return 0;
}
