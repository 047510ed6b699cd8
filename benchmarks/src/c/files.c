/* Opens files, asks for their attributes, lists a directory. A Windows program: it is built unchanged by `ovl cc` and by mingw.
 *
 *     files open DIRECTORY N         opens and closes the files 0 to N-1 of a directory in turn
 *     files attributes DIRECTORY N   asks for their attributes
 *     files list DIRECTORY           lists the directory
 *     files cycle DIRECTORY          creates a file, moves and deletes it
 *
 * For each line, a number, it does so many (of a list: entries, which is how many there are) and answers with what they add up to:
 * sizes where attributes are asked for, else one for each. */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char directory[MAX_PATH];
static char (*names)[MAX_PATH];
static unsigned long files;

static void fail(const char *what)
{
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static HANDLE open_file(const char *name, DWORD access, DWORD disposition)
{
    HANDLE file = CreateFileA(name, access, FILE_SHARE_READ, NULL, disposition, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE)
        fail("CreateFile");
    return file;
}

static unsigned __int64 open_one(unsigned __int64 i)
{
    if (!CloseHandle(open_file(names[i % files], GENERIC_READ, OPEN_EXISTING)))
        fail("CloseHandle");
    return 1;
}

static unsigned __int64 ask_one(unsigned __int64 i)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    if (!GetFileAttributesExA(names[i % files], GetFileExInfoStandard, &data))
        fail("GetFileAttributesEx");
    return ((unsigned __int64)data.nFileSizeHigh << 32) + data.nFileSizeLow;
}

static unsigned __int64 cycle_one(unsigned __int64 i)
{
    static char from[MAX_PATH + 16], to[MAX_PATH + 16];
    (void)i;
    sprintf(from, "%s\\from", directory);
    sprintf(to, "%s\\to", directory);
    CloseHandle(open_file(from, GENERIC_WRITE, CREATE_NEW));
    if (!MoveFileA(from, to))
        fail("MoveFile");
    if (!DeleteFileA(to))
        fail("DeleteFile");
    return 1;
}

static unsigned __int64 list(void)
{
    static char pattern[MAX_PATH + 16];
    unsigned __int64 sum = 0;
    WIN32_FIND_DATAA data;
    HANDLE search;
    sprintf(pattern, "%s\\*", directory);
    search = FindFirstFileA(pattern, &data);
    if (search == INVALID_HANDLE_VALUE)
        fail("FindFirstFile");
    do
        if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY))
            sum += ((unsigned __int64)data.nFileSizeHigh << 32) + data.nFileSizeLow;
    while (FindNextFileA(search, &data));
    if (GetLastError() != ERROR_NO_MORE_FILES)
        fail("FindNextFile");
    FindClose(search);
    return sum;
}

int main(int argc, char **argv)
{
    char line[64];
    unsigned long i;
    unsigned __int64 (*one)(unsigned __int64) = NULL;
    if (argc < 3 || strlen(argv[2]) > MAX_PATH - 16)
        return 2;
    strcpy(directory, argv[2]);
    if (argc > 3) {
        files = strtoul(argv[3], NULL, 10);
        names = calloc(files, sizeof *names);
        if (!names)
            return 2;
        for (i = 0; i < files; i++)
            sprintf(names[i], "%s\\%05lu", directory, i);
    }
    if (strcmp(argv[1], "open") == 0)
        one = open_one;
    else if (strcmp(argv[1], "attributes") == 0)
        one = ask_one;
    else if (strcmp(argv[1], "cycle") == 0)
        one = cycle_one;
    while (fgets(line, sizeof line, stdin)) {
        unsigned __int64 sum = 0, n, count = _strtoui64(line, NULL, 10);
        if (one)
            for (n = 0; n < count; n++)
                sum += one(n);
        else
            sum = list();
        printf("%I64u\n", sum);
        fflush(stdout);
    }
    return 0;
}
