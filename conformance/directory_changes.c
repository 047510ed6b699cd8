/* What happens in a directory: ReadDirectoryChangesW with its four notifications, and FindFirstChangeNotification (contract 02 section 10). */
#include "say.h"
#include <string.h>

#define NAMES (FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME)

static DWORD buffer[1024];

/* A file that is there from now on. */
static void touch(const char *name)
{
    HANDLE file = CreateFileA(name, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, CREATE_ALWAYS, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        printf("%s: error %lu\n", name, GetLastError());
    else
        CloseHandle(file);
}

static HANDLE open_directory(DWORD flags)
{
    return CreateFileA("watched", FILE_LIST_DIRECTORY, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS | flags, NULL);
}

/* The records of one call. */
static void records(DWORD bytes)
{
    const char *actions[] = {"?", "added", "removed", "modified", "old name", "new name"};
    BYTE *at = (BYTE *)buffer;
    while (bytes) {
        FILE_NOTIFY_INFORMATION *record = (FILE_NOTIFY_INFORMATION *)at;
        printf("  %s ", actions[record->Action <= 5 ? record->Action : 0]);
        for (DWORD i = 0; i < record->FileNameLength / sizeof(WCHAR); i++)
            putchar((char)record->FileName[i]);
        putchar('\n');
        if (!record->NextEntryOffset)
            break;
        at += record->NextEntryOffset;
    }
}

/* The outcome of an overlapped call with an event. */
static void outcome(HANDLE directory, OVERLAPPED *o)
{
    DWORD bytes = 12345;
    say_wait("wait", WaitForSingleObject(o->hEvent, 10000));
    say("GetOverlappedResult", GetOverlappedResult(directory, o, &bytes, FALSE));
    printf("  %lu bytes\n", bytes);
    records(bytes);
}

static volatile DWORD routine_code = 12345;

static VOID CALLBACK routine(DWORD code, DWORD bytes, LPOVERLAPPED overlapped)
{
    (void)overlapped;
    routine_code = code;
    records(bytes);
}

static DWORD WINAPI later(LPVOID name)
{
    Sleep(100);
    touch((const char *)name);
    return 0;
}

int main(void)
{
    OVERLAPPED o = {0}, *which;
    ULONG_PTR key;
    DWORD bytes, i;
    HANDLE directory, port, watch, thread;

    CreateDirectoryA("watched", NULL);
    CreateDirectoryA("watched\\sub", NULL);
    o.hEvent = CreateEventA(NULL, TRUE, TRUE, NULL);

    puts("-- an event");
    directory = open_directory(FILE_FLAG_OVERLAPPED);
    say("ReadDirectoryChangesW", ReadDirectoryChangesW(directory, buffer, sizeof buffer, FALSE, NAMES, NULL, &o, NULL));
    say_wait("before", WaitForSingleObject(o.hEvent, 0));
    touch("watched\\one");
    outcome(directory, &o);

    puts("-- a rename");
    ReadDirectoryChangesW(directory, buffer, sizeof buffer, FALSE, NAMES, NULL, &o, NULL);
    MoveFileA("watched\\one", "watched\\two");
    outcome(directory, &o);

    puts("-- not below");
    ReadDirectoryChangesW(directory, buffer, sizeof buffer, FALSE, NAMES, NULL, &o, NULL);
    touch("watched\\sub\\unseen");
    say_wait("below", WaitForSingleObject(o.hEvent, 200));
    DeleteFileA("watched\\two");
    outcome(directory, &o);

    puts("-- cancelled");
    ReadDirectoryChangesW(directory, buffer, sizeof buffer, FALSE, NAMES, NULL, &o, NULL);
    say("CancelIo", CancelIo(directory));
    say_wait("wait", WaitForSingleObject(o.hEvent, 10000));
    say("GetOverlappedResult", GetOverlappedResult(directory, &o, &bytes, FALSE));
    CloseHandle(directory);

    puts("-- a subtree, by a port");
    directory = open_directory(FILE_FLAG_OVERLAPPED);
    port = CreateIoCompletionPort(directory, NULL, 7, 0);
    ReadDirectoryChangesW(directory, buffer, sizeof buffer, TRUE, FILE_NOTIFY_CHANGE_FILE_NAME, NULL, &o, NULL);
    touch("watched\\sub\\deep");
    say("GetQueuedCompletionStatus", GetQueuedCompletionStatus(port, &bytes, &key, &which, 10000));
    printf("  key %lu, %s, %lu bytes\n", (unsigned long)key, which == &o ? "ours" : "another", bytes);
    records(bytes);
    CloseHandle(directory);
    CloseHandle(port);

    puts("-- a routine");
    directory = open_directory(FILE_FLAG_OVERLAPPED);
    say("ReadDirectoryChangesW", ReadDirectoryChangesW(directory, buffer, sizeof buffer, FALSE, FILE_NOTIFY_CHANGE_DIR_NAME, NULL, &o, routine));
    CreateDirectoryA("watched\\new", NULL);
    for (i = 0; i < 100 && routine_code == 12345; i++)
        SleepEx(100, TRUE);
    printf("  routine: %lu\n", routine_code);
    CloseHandle(directory);

    puts("-- a synchronous handle");
    directory = open_directory(0);
    thread = CreateThread(NULL, 0, later, (LPVOID)"watched\\late", 0, NULL);
    bytes = 0;
    say("ReadDirectoryChangesW", ReadDirectoryChangesW(directory, buffer, sizeof buffer, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME, &bytes, NULL, NULL));
    records(bytes);
    say_wait("the other thread", WaitForSingleObject(thread, 10000));
    CloseHandle(thread);
    CloseHandle(directory);

    puts("-- refused");
    directory = open_directory(FILE_FLAG_OVERLAPPED);
    say("no filter", ReadDirectoryChangesW(directory, buffer, sizeof buffer, FALSE, 0, NULL, &o, NULL));
    say("a filter that is none", ReadDirectoryChangesW(directory, buffer, sizeof buffer, FALSE, 0x80000000, NULL, &o, NULL));
    say("no OVERLAPPED", ReadDirectoryChangesW(directory, buffer, sizeof buffer, FALSE, NAMES, &bytes, NULL, NULL));
    CloseHandle(directory);

    puts("-- FindFirstChangeNotification");
    watch = FindFirstChangeNotificationA("watched", FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
    say_handle("FindFirstChangeNotification", watch);
    say_wait("before", WaitForSingleObject(watch, 0));
    touch("watched\\again");
    say_wait("after", WaitForSingleObject(watch, 10000));
    say("FindNextChangeNotification", FindNextChangeNotification(watch));
    say_wait("armed", WaitForSingleObject(watch, 0));
    DeleteFileA("watched\\again");
    say_wait("after", WaitForSingleObject(watch, 10000));
    say("FindCloseChangeNotification", FindCloseChangeNotification(watch));
    say_handle("a directory that is not there", FindFirstChangeNotificationA("missing", FALSE, NAMES));

    CloseHandle(o.hEvent);
    DeleteFileA("watched\\late");
    DeleteFileA("watched\\sub\\deep");
    DeleteFileA("watched\\sub\\unseen");
    RemoveDirectoryA("watched\\new");
    RemoveDirectoryA("watched\\sub");
    RemoveDirectoryA("watched");
    return 0;
}
