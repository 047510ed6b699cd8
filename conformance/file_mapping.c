/* Files as memory, and memory by name: CreateFileMapping, MapViewOfFile (contract 01 section 1, 02 section 3, 04 section 2). */
#include "say.h"
#include <string.h>

static void say_view(const char *what, const void *view)
{
    DWORD error = GetLastError();
    if (view)
        printf("%s: view\n", what);
    else
        printf("%s: NULL/%lu\n", what, error);
}

int main(void)
{
    DWORD n;
    char text[32] = {0};
    char *view, *other;
    HANDLE section, again;
    HANDLE file = CreateFileA("mapped.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);

    puts("-- an empty file");
    say_handle("CreateFileMapping", CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL));

    puts("-- a file");
    WriteFile(file, "hello, world", 12, &n, NULL);
    section = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL);
    say_handle("CreateFileMapping", section);
    view = (char *)MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    say_view("MapViewOfFile", view);
    CloseHandle(section);
    printf("%.12s\n", view);
    memcpy(view, "HELLO", 5);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ReadFile(file, text, 12, &n, NULL);
    printf("%s\n", text);
    SetFilePointer(file, 5, NULL, FILE_BEGIN);
    say("SetEndOfFile of a mapped file", SetEndOfFile(file));
    say("FlushViewOfFile", FlushViewOfFile(view, 0));
    say("UnmapViewOfFile", UnmapViewOfFile(view));
    say("SetEndOfFile", SetEndOfFile(file));
    printf("%lu bytes\n", GetFileSize(file, NULL));

    puts("-- longer than the file");
    section = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 100000, NULL);
    printf("%lu bytes\n", GetFileSize(file, NULL));
    view = (char *)MapViewOfFile(section, FILE_MAP_READ, 0, 65536, 100);
    say_view("its second part", view);
    printf("%d\n", view ? view[0] : -1);
    UnmapViewOfFile(view);
    say_view("an offset that is no multiple of 64 KiB", MapViewOfFile(section, FILE_MAP_READ, 0, 4096, 0));
    say_view("past the end", MapViewOfFile(section, FILE_MAP_READ, 0, 65536, 65536));
    CloseHandle(section);

    puts("-- copy on write");
    section = CreateFileMappingA(file, NULL, PAGE_WRITECOPY, 0, 0, NULL);
    view = (char *)MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);
    view[0] = 'X';
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ReadFile(file, text, 1, &n, NULL);
    printf("%c %c\n", view[0], text[0]);
    UnmapViewOfFile(view);
    CloseHandle(section);
    CloseHandle(file);

    puts("-- memory by name");
    section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, "Local\\file_mapping.c");
    printf("new: last error %lu\n", GetLastError());
    again = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, "Local\\file_mapping.c");
    printf("again: last error %lu\n", GetLastError());
    CloseHandle(again);
    again = OpenFileMappingA(FILE_MAP_READ, FALSE, "Local\\file_mapping.c");
    say_handle("OpenFileMapping", again);
    view = (char *)MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    other = (char *)MapViewOfFile(again, FILE_MAP_READ, 0, 0, 0);
    strcpy(view, "shared");
    printf("%s\n", other);
    say_view("more than it was opened for", MapViewOfFile(again, FILE_MAP_WRITE, 0, 0, 0));
    UnmapViewOfFile(view);
    UnmapViewOfFile(other);
    CloseHandle(section);
    CloseHandle(again);
    say_handle("after the last handle", OpenFileMappingA(FILE_MAP_READ, FALSE, "Local\\file_mapping.c"));

    puts("-- refused");
    file = CreateFileA("mapped.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    say_handle("no right to write", CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL));
    say_handle("memory without a size", CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0, NULL));
    section = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
    say_view("a view to write", MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
    say("no view", UnmapViewOfFile(text));
    CloseHandle(section);
    CloseHandle(file);
    DeleteFileA("mapped.dat");
    return 0;
}
