/* FILE_FLAG_NO_BUFFERING: what must be a multiple of the sector, and what happens if not
 * (contract 02 section 6; founding document 2.2, note 2). */
#include "say.h"
#include <string.h>

#define SECTOR 4096 /* a multiple of every sector size */

static void read_at(HANDLE file, const char *what, DWORD offset, void *to, DWORD bytes)
{
    OVERLAPPED o = {0};
    DWORD n = 0;
    BOOL ok;
    o.Offset = offset;
    ok = ReadFile(file, to, bytes, &n, &o);
    if (ok)
        printf("%s: TRUE, %lu bytes\n", what, n);
    else
        printf("%s: FALSE/%lu\n", what, GetLastError());
}

int main(void)
{
    LARGE_INTEGER at;
    FILE_END_OF_FILE_INFO end;
    OVERLAPPED o = {0};
    DWORD n;
    HANDLE file, trimmer;
    char *page = (char *)VirtualAlloc(NULL, 4 * SECTOR, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);

    file = CreateFileA("direct.dat", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    memset(page, 'a', SECTOR);
    WriteFile(file, page, SECTOR, &n, NULL);
    WriteFile(file, "tail", 4, &n, NULL);
    CloseHandle(file);

    file = CreateFileA("direct.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                       FILE_FLAG_NO_BUFFERING, NULL);
    say_handle("CreateFile", file);
    puts("-- reading");
    read_at(file, "all in order", 0, page, SECTOR);
    read_at(file, "across the end gives the real bytes", SECTOR, page, 2 * SECTOR);
    printf("'%.4s'\n", page);
    read_at(file, "odd length", 0, page, 100);
    read_at(file, "odd offset", 100, page, SECTOR);
    read_at(file, "odd address", 0, page + 1, SECTOR);
    puts("-- the pointer");
    at.QuadPart = SECTOR;
    say("to a sector", SetFilePointerEx(file, at, NULL, FILE_BEGIN));
    at.QuadPart = 100;
    say("between sectors", SetFilePointerEx(file, at, NULL, FILE_BEGIN));
    puts("-- writing");
    memset(page, 'b', SECTOR);
    say("odd length", WriteFile(file, page, 100, &n, NULL));
    say("a sector at the pointer", WriteFile(file, page, SECTOR, &n, NULL));
    printf("size %lu\n", GetFileSize(file, NULL));
    trimmer = CreateFileA("direct.dat", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    end.EndOfFile.QuadPart = SECTOR + 4;
    say("trimmed through another handle", SetFileInformationByHandle(trimmer, FileEndOfFileInfo, &end, sizeof end));
    printf("size %lu\n", GetFileSize(file, NULL));
    CloseHandle(trimmer);
    CloseHandle(file);

    puts("-- overlapped: never from the cache");
    file = CreateFileA("direct.dat", GENERIC_READ, 0, NULL, OPEN_EXISTING, FILE_FLAG_NO_BUFFERING | FILE_FLAG_OVERLAPPED, NULL);
    memset(page, 0, SECTOR);
    say("ReadFile", ReadFile(file, page, SECTOR, NULL, &o));
    say("GetOverlappedResult", GetOverlappedResult(file, &o, &n, TRUE));
    printf("%lu bytes, first '%c', last '%c'\n", n, page[0], page[SECTOR - 1]);
    say("odd length", ReadFile(file, page, 100, NULL, &o));
    CloseHandle(file);

    VirtualFree(page, 0, MEM_RELEASE);
    DeleteFileA("direct.dat");
    return 0;
}
