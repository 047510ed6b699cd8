/* The three times of a file: set, told by handle and by name, and stopped (contract 02 sections 1 and 4). */
#include "say.h"
#include <string.h>

static const FILETIME created = {0x11111100, 0x01C00000}, read = {0x22222200, 0x01C10000}, written = {0x33333300, 0x01C20000};

static void same(const char *what, const void *a, const FILETIME *b)
{
    printf("%s: %s\n", what, memcmp(a, b, sizeof *b) == 0 ? "as set" : "another");
}

static void write_through(const char *what, HANDLE file)
{
    FILETIME now;
    DWORD n;
    WriteFile(file, "x", 1, &n, NULL);
    GetFileTime(file, NULL, NULL, &now);
    same(what, &now, &written);
}

int main(void)
{
    FILETIME times[3];
    FILE_BASIC_INFO basic;
    BY_HANDLE_FILE_INFORMATION info;
    WIN32_FILE_ATTRIBUTE_DATA data;
    WIN32_FIND_DATAA found;
    HANDLE file, other, search;
    DWORD n;

    file = CreateFileA("times.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, "0123456789", 10, &n, NULL);

    puts("-- set and told");
    say("SetFileTime", SetFileTime(file, &created, &read, &written));
    say("GetFileTime", GetFileTime(file, &times[0], &times[1], &times[2]));
    same("creation", &times[0], &created);
    same("last access", &times[1], &read);
    same("last write", &times[2], &written);
    GetFileInformationByHandle(file, &info);
    same("GetFileInformationByHandle", &info.ftCreationTime, &created);
    GetFileAttributesExA("times.dat", GetFileExInfoStandard, &data);
    same("GetFileAttributesEx", &data.ftCreationTime, &created);
    search = FindFirstFileA("times.dat", &found);
    same("FindFirstFile", &found.ftCreationTime, &created);
    FindClose(search);
    say("nothing to set", SetFileTime(file, NULL, NULL, NULL));
    say("nothing wanted", GetFileTime(file, NULL, NULL, NULL));
    say("a bad handle", SetFileTime(NULL, &created, NULL, NULL));
    say("a bad handle", GetFileTime(NULL, times, NULL, NULL));

    puts("-- FileBasicInfo");
    ZeroMemory(&basic, sizeof basic);
    basic.CreationTime.QuadPart = 0x01C3000000000000LL;
    say("only the creation", SetFileInformationByHandle(file, FileBasicInfo, &basic, sizeof basic));
    GetFileInformationByHandleEx(file, FileBasicInfo, &basic, sizeof basic);
    printf("creation %I64X\n", basic.CreationTime.QuadPart);
    same("the last write stays", &basic.LastWriteTime, &written);

    puts("-- -1: what is written through this handle does not count");
    ZeroMemory(&basic, sizeof basic);
    basic.LastWriteTime.QuadPart = -1;
    say("FileBasicInfo", SetFileInformationByHandle(file, FileBasicInfo, &basic, sizeof basic));
    write_through("this handle", file);
    write_through("and again", file);
    other = CreateFileA("times.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    write_through("another handle", other);

    puts("-- a file that is cut keeps its creation time");
    CloseHandle(other);
    CloseHandle(file);
    file = CreateFileA("times.dat", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    GetFileInformationByHandleEx(file, FileBasicInfo, &basic, sizeof basic);
    printf("creation %I64X\n", basic.CreationTime.QuadPart);
    CloseHandle(file);
    DeleteFileA("times.dat");

    puts("-- directories");
    CreateDirectoryA("times.dir", NULL);
    file = CreateFileA("times.dir", FILE_WRITE_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS, NULL);
    say("SetFileTime", SetFileTime(file, &created, NULL, &written));
    GetFileTime(file, &times[0], NULL, &times[2]);
    same("creation", &times[0], &created);
    same("last write", &times[2], &written);
    CloseHandle(file);
    RemoveDirectoryA("times.dir");
    return 0;
}
