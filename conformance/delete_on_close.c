/* Files that vanish: FILE_FLAG_DELETE_ON_CLOSE, DeleteFile of an open file, FileDispositionInfo (contract 02 section 8, D6). */
#include "say.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static void exists(const char *what, const char *name)
{
    printf("%s: %s\n", what, GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES ? "there" : "gone");
}

int main(void)
{
    FILE_DISPOSITION_INFO disposition;
    char text[8] = "";
    DWORD n;
    HANDLE file, twin, other;

    puts("-- FILE_FLAG_DELETE_ON_CLOSE");
    file = CreateFileA("passing.dat", GENERIC_READ | GENERIC_WRITE | DELETE, SHARE_ALL, NULL, CREATE_ALWAYS,
                       FILE_FLAG_DELETE_ON_CLOSE, NULL);
    say_handle("CreateFile", file);
    WriteFile(file, "still", 5, &n, NULL);
    say_handle("opened without sharing deleting",
               CreateFileA("passing.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL));
    other = CreateFileA("passing.dat", GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    say_handle("opened with sharing deleting", other);
    DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &twin, 0, FALSE, DUPLICATE_SAME_ACCESS);
    CloseHandle(file);
    exists("one of two handles closed", "passing.dat");
    CloseHandle(twin);
    say("what is open stays readable", ReadFile(other, text, 5, &n, NULL));
    printf("'%s'\n", text);
    CloseHandle(other);
    exists("all closed", "passing.dat");

    puts("-- DeleteFile of an open file");
    file = CreateFileA("open.dat", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL, CREATE_ALWAYS, 0, NULL);
    say("DeleteFile", DeleteFileA("open.dat"));
    say("what is open stays writable", WriteFile(file, "x", 1, &n, NULL));
    CloseHandle(file);
    exists("closed", "open.dat");

    puts("-- FileDispositionInfo");
    file = CreateFileA("disposed.dat", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL, CREATE_ALWAYS, 0, NULL);
    disposition.DeleteFile = TRUE;
    say("without DELETE", SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition));
    CloseHandle(file);
    exists("closed", "disposed.dat");
    file = CreateFileA("disposed.dat", DELETE, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    say("with DELETE", SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition));
    CloseHandle(file);
    exists("closed", "disposed.dat");
    return 0;
}
