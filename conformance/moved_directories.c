/* MoveFileEx with directories, and names that end in a separator: 32 for a directory that is to move into itself, a file
 * that a directory replaces, 123 for a file named as a directory (contract 01 section 2.5, 02 section 4, 10). */
#include "say.h"

static void make(const char *name)
{
    CloseHandle(CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
}

static void attributes(const char *name)
{
    DWORD found = GetFileAttributesA(name);
    if (found == INVALID_FILE_ATTRIBUTES)
        printf("%s: -1/%lu\n", name, GetLastError());
    else
        printf("%s: a %s\n", name, found & FILE_ATTRIBUTE_DIRECTORY ? "directory" : "file");
}

int main(void)
{
    CreateDirectoryA("outer", NULL);
    CreateDirectoryA("outer\\inner", NULL);
    CreateDirectoryA("other", NULL);
    make("file.dat");
    make("outer\\kept.dat");

    puts("-- into itself");
    say("below itself", MoveFileA("outer", "outer\\below"));
    say("deeper below itself", MoveFileA("outer", "outer\\inner\\below"));
    say("onto what is in it", MoveFileA("outer", "outer\\inner"));
    say("onto itself", MoveFileA("outer", "outer"));
    say("onto itself in another case", MoveFileA("outer", "OUTER"));

    puts("-- onto what is there");
    say("a directory", MoveFileA("outer", "other"));
    say("a directory, replacing", MoveFileExA("outer", "other", MOVEFILE_REPLACE_EXISTING));
    say("a file", MoveFileA("outer", "file.dat"));
    say("a file, replacing", MoveFileExA("outer", "file.dat", MOVEFILE_REPLACE_EXISTING));
    attributes("outer");
    attributes("file.dat");
    attributes("file.dat\\kept.dat");

    puts("-- names that end in a separator");
    say("from a directory", MoveFileA("other\\", "renamed"));
    attributes("renamed");
    attributes("renamed\\");
    make("plain.dat");
    attributes("plain.dat\\");
    say("deletion of a file", DeleteFileA("plain.dat\\"));
    say("deletion of a directory", DeleteFileA("renamed\\"));

    DeleteFileA("plain.dat");
    DeleteFileA("file.dat\\kept.dat");
    RemoveDirectoryA("file.dat\\inner");
    RemoveDirectoryA("file.dat");
    RemoveDirectoryA("renamed");
    return 0;
}
