/* CopyFile and CopyFileEx: what a copy keeps, what the progress routine hears, and what is left of a copy that ends early
 * (contract 02 sections 1 and 4; 01 section 2.3). */
#include <windows.h>
#include <stdio.h>
#include <string.h>

#define SIZE (3 * 1024 * 1024 + 123)

static BYTE data[SIZE], again[SIZE];
static int calls, ordered, beginnings;
static LONGLONG last_done;
static DWORD answer_to_first, answer_to_parts;

static DWORD CALLBACK progress(LARGE_INTEGER size, LARGE_INTEGER done, LARGE_INTEGER stream_size, LARGE_INTEGER stream_done,
                               DWORD stream, DWORD reason, HANDLE from, HANDLE to, LPVOID mine)
{
    LARGE_INTEGER found;
    calls++;
    if (mine != (LPVOID)&calls || stream != 1 || size.QuadPart != SIZE || stream_size.QuadPart != SIZE
        || stream_done.QuadPart != done.QuadPart)
        ordered = 0;
    if (!GetFileSizeEx(from, &found) || found.QuadPart != SIZE || GetFileType(to) != FILE_TYPE_DISK)
        ordered = 0;
    if (reason == CALLBACK_STREAM_SWITCH) {
        beginnings++;
        if (calls != 1 || done.QuadPart != 0)
            ordered = 0;
        return answer_to_first;
    }
    if (reason != CALLBACK_CHUNK_FINISHED || done.QuadPart <= last_done)
        ordered = 0;
    last_done = done.QuadPart;
    return answer_to_parts;
}

static void copy_with(const char *what, DWORD first, DWORD parts, BOOL cancelled)
{
    BOOL cancel = cancelled, ok;
    DWORD error;
    WIN32_FILE_ATTRIBUTE_DATA found;
    DeleteFileA("copy_b.tmp");
    calls = beginnings = 0;
    ordered = 1;
    last_done = 0;
    answer_to_first = first;
    answer_to_parts = parts;
    SetLastError(0);
    ok = CopyFileExA("copy_a.tmp", "copy_b.tmp", progress, &calls, &cancel, 0);
    error = GetLastError();
    printf("%s: %d, error %lu, in order %d, ", what, (int)ok, ok ? 0ul : (unsigned long)error, ordered);
    if (!GetFileAttributesExA("copy_b.tmp", GetFileExInfoStandard, &found))
        printf("no target\n");
    else if (found.nFileSizeLow == SIZE)
        printf("the whole target, %s\n", last_done == SIZE ? "all of it reported" : calls == 1 ? "reported once" : "not all of it reported");
    else
        printf("a part of the target\n");
}

static void tell(const char *what, BOOL ok)
{
    DWORD error = GetLastError();
    printf("%s: %d, error %lu\n", what, (int)ok, ok ? 0ul : (unsigned long)error);
}

static int same_content(const char *name)
{
    DWORD done = 0;
    HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    memset(again, 0, sizeof again);
    if (file == INVALID_HANDLE_VALUE || !ReadFile(file, again, SIZE, &done, NULL))
        done = 0;
    CloseHandle(file);
    return done == SIZE && memcmp(data, again, SIZE) == 0;
}

static FILETIME written(const char *name)
{
    WIN32_FILE_ATTRIBUTE_DATA found;
    memset(&found, 0, sizeof found);
    GetFileAttributesExA(name, GetFileExInfoStandard, &found);
    return found.ftLastWriteTime;
}

int main(void)
{
    DWORD i, done;
    FILETIME old = {0xD53E8000, 0x01BF53EB}, a, b;
    HANDLE file;
    for (i = 0; i < SIZE; i++)
        data[i] = (BYTE)(i ^ (i >> 9));
    DeleteFileA("copy_b.tmp");
    file = CreateFileA("copy_a.tmp", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, data, SIZE, &done, NULL);
    SetFileTime(file, NULL, NULL, &old);
    CloseHandle(file);

    tell("a new target", CopyFileA("copy_a.tmp", "copy_b.tmp", TRUE));
    a = written("copy_a.tmp");
    b = written("copy_b.tmp");
    printf("same content %d, same time %d\n", same_content("copy_b.tmp"), CompareFileTime(&a, &b) == 0);
    tell("a target that is not to be replaced", CopyFileA("copy_a.tmp", "copy_b.tmp", TRUE));
    tell("one that is", CopyFileA("copy_a.tmp", "copy_b.tmp", FALSE));
    tell("no source", CopyFileA("copy_none.tmp", "copy_b.tmp", FALSE));
    tell("no directory for the target", CopyFileA("copy_a.tmp", "copy_none\\b.tmp", FALSE));
    file = CreateFileA("copy_b.tmp", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    tell("a target in use", CopyFileA("copy_a.tmp", "copy_b.tmp", FALSE));
    CloseHandle(file);
    SetFileAttributesA("copy_a.tmp", FILE_ATTRIBUTE_READONLY);
    tell("a read-only source", CopyFileA("copy_a.tmp", "copy_b.tmp", FALSE));
    printf("read-only copy %d\n", (GetFileAttributesA("copy_b.tmp") & FILE_ATTRIBUTE_READONLY) != 0);
    tell("a read-only target", CopyFileA("copy_a.tmp", "copy_b.tmp", FALSE));
    SetFileAttributesA("copy_a.tmp", FILE_ATTRIBUTE_NORMAL);
    SetFileAttributesA("copy_b.tmp", FILE_ATTRIBUTE_NORMAL);

    copy_with("to the end", PROGRESS_CONTINUE, PROGRESS_CONTINUE, FALSE);
    copy_with("quiet from the beginning", PROGRESS_QUIET, PROGRESS_CONTINUE, FALSE);
    copy_with("cancelled at the beginning", PROGRESS_CANCEL, PROGRESS_CONTINUE, FALSE);
    copy_with("cancelled after a part", PROGRESS_CONTINUE, PROGRESS_CANCEL, FALSE);
    copy_with("stopped after a part", PROGRESS_CONTINUE, PROGRESS_STOP, FALSE);
    copy_with("cancelled by the flag", PROGRESS_CONTINUE, PROGRESS_CONTINUE, TRUE);
    tell("Ex, not to be replaced", CopyFileExA("copy_a.tmp", "copy_a.tmp", NULL, NULL, NULL, COPY_FILE_FAIL_IF_EXISTS));
    DeleteFileA("copy_a.tmp");
    DeleteFileA("copy_b.tmp");
    return 0;
}
