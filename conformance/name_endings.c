/* What dots, blanks and separators at the end of a name come to, flags and links of moved and copied files, and NUL as a file (contract 01 sections
   2.5 and 3, 02 sections 1 and 2). */
#include "say.h"
#include <errno.h>

static void attributes(const char *name)
{
    DWORD found;
    SetLastError(0);
    found = GetFileAttributesA(name);
    if (found == INVALID_FILE_ATTRIBUTES)
        printf("\"%s\": -1/%lu\n", name, GetLastError());
    else
        printf("\"%s\": %s\n", name, found & FILE_ATTRIBUTE_DIRECTORY ? "a directory" : "a file");
}

static void c_call(const char *what, int result)
{
    if (result == 0)
        printf("%s: 0\n", what);
    else
        printf("%s: %d, errno %d\n", what, result, errno);
}

static void open_stream(const char *what, const char *name, const char *mode)
{
    FILE *stream = fopen(name, mode);
    c_call(what, stream == NULL ? -1 : 0);
    if (stream != NULL)
        fclose(stream);
}

int main(void)
{
    static const char *const names[] = {
        "...", "....", "... ", ". .", ".. ", "ends.dir\\...", "ends.dir\\ ", "ends.dir\\. .", "ends.dir. .", "ends.dat. .", " ", "   ",
    };
    LARGE_INTEGER size, to, at;
    HANDLE file;
    size_t i;
    say("a directory", CreateDirectoryA("ends.dir", NULL));
    file = CreateFileA("ends.dat", GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    say_handle("a file", file);
    CloseHandle(file);
    for (i = 0; i < sizeof names / sizeof *names; i++)
        attributes(names[i]);
    file = CreateFileA("ends.dir\\...", GENERIC_READ, 7, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    say_handle("ends.dir\\...", file);
    CloseHandle(file);
    file = CreateFileA("ends.dat\\...", GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
    say_handle("ends.dat\\...", file);
    say("RemoveDirectory of ends.dir\\...", RemoveDirectoryA("ends.dir\\..."));

    say("a hard link as a directory", CreateHardLinkA("ends.new\\", "ends.dat", NULL));
    attributes("ends.new");
    say("a move that could be tracked", MoveFileExA("ends.dat", "ends.new", MOVEFILE_FAIL_IF_NOT_TRACKABLE));
    say("a copy of no link", CopyFileExA("ends.new", "ends.dat", NULL, NULL, NULL, COPY_FILE_COPY_SYMLINK | COPY_FILE_FAIL_IF_EXISTS));
    say("of nothing", CopyFileExA("missing.dat", "other.dat", NULL, NULL, NULL, COPY_FILE_COPY_SYMLINK));

    file = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 7, NULL, OPEN_EXISTING, 0, NULL);
    say_handle("NUL", file);
    size.QuadPart = -1;
    say("its size", GetFileSizeEx(file, &size));
    printf("%ld, %lu\n", (long)size.QuadPart, GetFileSize(file, NULL));
    to.QuadPart = 5;
    say("a pointer", SetFilePointerEx(file, to, &at, FILE_BEGIN));
    printf("%ld\n", (long)at.QuadPart);
    say("from its end", SetFilePointerEx(file, to, &at, FILE_END));
    printf("%ld\n", (long)at.QuadPart);
    to.QuadPart = -6;
    say("before its start", SetFilePointerEx(file, to, &at, FILE_END));
    CloseHandle(file);

    SetFileAttributesA("ends.dat", FILE_ATTRIBUTE_READONLY);
    file = CreateFileA("ends.new", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    c_call("rename of a file in use", rename("ends.new", "ends.old"));
    CloseHandle(file);
    c_call("rename to a name that is taken", rename("ends.new", "ends.dat"));
    c_call("rename", rename("ends.new", "ends.old"));
    c_call("rename to a wildcard", rename("ends.old", "ends.*"));
    open_stream("fopen of a READONLY file", "ends.dat", "r+");
    open_stream("fopen of a wildcard", "*", "r");
    SetFileAttributesA("ends.dat", FILE_ATTRIBUTE_NORMAL);
    c_call("remove", remove("ends.dat"));
    c_call("remove", remove("ends.old"));
    attributes("ends.new");
    return 0;
}
