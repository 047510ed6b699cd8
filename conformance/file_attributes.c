/* Attributes at creation and afterwards, and what they forbid (contract 01 sections 2.3 and 2.4, 02 section 8). */
#include "say.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static void attributes(const char *what, const char *name)
{
    DWORD found = GetFileAttributesA(name);
    if (found == INVALID_FILE_ATTRIBUTES)
        printf("%s: none, %lu\n", what, GetLastError());
    else
        printf("%s: %lX\n", what, found);
}

static void create(const char *what, DWORD access, DWORD disposition, DWORD flags, HANDLE like)
{
    HANDLE file;
    SetLastError(1234);
    file = CreateFileA("attributes.dat", access, SHARE_ALL, NULL, disposition, flags, like);
    if (file == INVALID_HANDLE_VALUE) {
        printf("%s: -1/%lu\n", what, GetLastError());
        return;
    }
    printf("%s: last error %lu\n", what, GetLastError());
    CloseHandle(file);
}

int main(void)
{
    HANDLE file, like;
    DWORD n;

    puts("-- given at creation");
    create("TEMPORARY", GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_TEMPORARY, NULL);
    attributes("TEMPORARY", "attributes.dat");
    create("OFFLINE", GENERIC_WRITE, CREATE_ALWAYS, FILE_ATTRIBUTE_OFFLINE, NULL);
    attributes("OFFLINE", "attributes.dat");
    DeleteFileA("attributes.dat");
    file = CreateFileA("attributes.dat", GENERIC_WRITE, 0, NULL, CREATE_NEW,
                       FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM, NULL);
    say("its creator writes to a READONLY file", WriteFile(file, "x", 1, &n, NULL));
    CloseHandle(file);
    attributes("READONLY, HIDDEN, SYSTEM", "attributes.dat");

    puts("-- READONLY forbids writing and deleting");
    create("to write", GENERIC_WRITE, OPEN_EXISTING, 0, NULL);
    create("to append", FILE_APPEND_DATA, OPEN_EXISTING, 0, NULL);
    create("CREATE_ALWAYS", GENERIC_READ, CREATE_ALWAYS, FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM, NULL);
    create("FILE_FLAG_DELETE_ON_CLOSE", GENERIC_READ, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    create("to read", GENERIC_READ, OPEN_EXISTING, 0, NULL);
    create("to change attributes", FILE_WRITE_ATTRIBUTES, OPEN_EXISTING, 0, NULL);
    say("DeleteFile", DeleteFileA("attributes.dat"));

    puts("-- CREATE_ALWAYS must repeat HIDDEN and SYSTEM");
    say("SetFileAttributes", SetFileAttributesA("attributes.dat", FILE_ATTRIBUTE_HIDDEN));
    attributes("HIDDEN alone", "attributes.dat");
    create("without", GENERIC_WRITE, CREATE_ALWAYS, 0, NULL);
    create("with another", GENERIC_WRITE, CREATE_ALWAYS, FILE_ATTRIBUTE_SYSTEM, NULL);
    create("with it", GENERIC_WRITE, CREATE_ALWAYS, FILE_ATTRIBUTE_HIDDEN, NULL);
    attributes("ARCHIVE comes on top", "attributes.dat");
    create("TRUNCATE_EXISTING does not mind", GENERIC_WRITE, TRUNCATE_EXISTING, 0, NULL);
    attributes("and leaves them", "attributes.dat");

    puts("-- set by name");
    say("TEMPORARY, OFFLINE, NOT_CONTENT_INDEXED", SetFileAttributesA("attributes.dat",
        FILE_ATTRIBUTE_TEMPORARY | FILE_ATTRIBUTE_OFFLINE | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED));
    attributes("they are", "attributes.dat");
    say("NORMAL", SetFileAttributesA("attributes.dat", FILE_ATTRIBUTE_NORMAL));
    attributes("it is", "attributes.dat");
    say("DIRECTORY", SetFileAttributesA("attributes.dat", FILE_ATTRIBUTE_DIRECTORY));
    say("of a missing file", SetFileAttributesA("missing.dat", FILE_ATTRIBUTE_NORMAL));
    DeleteFileA("attributes.dat");

    puts("-- READONLY and deleted on close at once");
    create("CREATE_NEW", GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_READONLY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    attributes("nothing was created", "attributes.dat");

    puts("-- a template");
    like = CreateFileA("template.dat", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL, CREATE_NEW, FILE_ATTRIBUTE_HIDDEN, NULL);
    create("a new file", GENERIC_WRITE, CREATE_NEW, 0, like);
    attributes("has its attributes", "attributes.dat");
    SetFileAttributesA("attributes.dat", FILE_ATTRIBUTE_NORMAL);
    create("an old file", GENERIC_WRITE, OPEN_ALWAYS, 0, like);
    attributes("keeps its own", "attributes.dat");
    CloseHandle(like);
    SetFileAttributesA("template.dat", FILE_ATTRIBUTE_NORMAL);
    DeleteFileA("template.dat");
    DeleteFileA("attributes.dat");

    puts("-- directories");
    say("CreateDirectory", CreateDirectoryA("attributes.dir", NULL));
    attributes("directory", "attributes.dir");
    say("READONLY, HIDDEN", SetFileAttributesA("attributes.dir", FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN));
    attributes("they are", "attributes.dir");
    file = CreateFileA("attributes.dir\\inside.dat", GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    say_handle("a file in it all the same", file);
    CloseHandle(file);
    say("RemoveDirectory", RemoveDirectoryA("attributes.dir"));
    SetFileAttributesA("attributes.dir", FILE_ATTRIBUTE_NORMAL);
    say("RemoveDirectory when it is not READONLY any more", RemoveDirectoryA("attributes.dir"));
    return 0;
}
