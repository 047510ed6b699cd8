/* The third technique: completion routines, run only in an alertable wait, each issuing the next request
 * (founding document 5.3; contract 05 sections 1, 2, 6 and 7). */
#include "say.h"
#include <string.h>

#define CHUNK 1000
#define TOTAL 10500

static HANDLE source, target;
static char chunk[CHUNK];
static OVERLAPPED transfer;
static int reads, writes, finished;
static DWORD copied, last_error;
static DWORD main_thread;

static VOID CALLBACK has_written(DWORD error, DWORD bytes, LPOVERLAPPED o);

/* A chunk has been read: write it. */
static VOID CALLBACK has_read(DWORD error, DWORD bytes, LPOVERLAPPED o)
{
    if (GetCurrentThreadId() != main_thread)
        printf("a routine on a foreign thread\n");
    if (error != 0 || bytes == 0) {
        last_error = error;
        finished = 1;
        return;
    }
    reads++;
    if (!WriteFileEx(target, chunk, bytes, o, has_written)) {
        printf("WriteFileEx failed: %lu\n", GetLastError());
        finished = 1;
    }
}

/* A chunk has been written: read the next. The end is reported at once, or to the routine. */
static VOID CALLBACK has_written(DWORD error, DWORD bytes, LPOVERLAPPED o)
{
    if (error != 0)
        printf("writing failed: %lu\n", error);
    writes++;
    copied += bytes;
    o->Offset += bytes;
    if (!ReadFileEx(source, chunk, CHUNK, o, has_read)) {
        last_error = GetLastError();
        finished = 1;
    }
}

static int calls;
static VOID CALLBACK note(DWORD error, DWORD bytes, LPOVERLAPPED o)
{
    calls++;
    printf("  routine: error %lu, %lu bytes, hEvent %lu\n", error, bytes, (DWORD)(ULONG_PTR)o->hEvent);
}

int main(void)
{
    OVERLAPPED one = {0}, three[3];
    char buffer[3][16];
    DWORD i, n;
    HANDLE event;

    main_thread = GetCurrentThreadId();
    source = CreateFileA("source.dat", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    for (i = 0; i < TOTAL; i++) {
        char c = (char)('a' + i % 26);
        WriteFile(source, &c, 1, &n, NULL);
    }
    CloseHandle(source);
    source = CreateFileA("source.dat", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    target = CreateFileA("target.dat", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_OVERLAPPED, NULL);

    puts("-- never before an alertable wait, then once; hEvent is the caller's own");
    one.hEvent = (HANDLE)(ULONG_PTR)4711;
    say("ReadFileEx", ReadFileEx(source, buffer[0], 10, &one, note));
    Sleep(50);
    printf("after Sleep: %d calls\n", calls);
    say_wait("SleepEx, not alertable", SleepEx(10, FALSE));
    say_wait("SleepEx, alertable", SleepEx(INFINITE, TRUE));
    say_wait("once more", SleepEx(0, TRUE));
    printf("%.10s, Internal %lu, InternalHigh %lu\n", buffer[0], (DWORD)one.Internal, (DWORD)one.InternalHigh);

    puts("-- several requests");
    calls = 0;
    memset(three, 0, sizeof three);
    for (i = 0; i < 3; i++) {
        three[i].Offset = i;
        three[i].hEvent = (HANDLE)(ULONG_PTR)i;
        ReadFileEx(source, buffer[i], 5, &three[i], note);
        while (!HasOverlappedIoCompleted(&three[i])) /* so that they complete in this order */
            Sleep(1);
    }
    while (calls < 3)
        SleepEx(INFINITE, TRUE);
    printf("%.5s %.5s %.5s\n", buffer[0], buffer[1], buffer[2]);

    puts("-- refused: the routine is not called");
    calls = 0;
    say("a bad handle", ReadFileEx(NULL, buffer[0], 5, &one, note));
    say("no right to write", WriteFileEx(source, "x", 1, &one, note));
    say_wait("SleepEx", SleepEx(0, TRUE));

    puts("-- an event in hEvent stays as it is");
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    memset(&one, 0, sizeof one);
    one.hEvent = event;
    calls = 0;
    ReadFileEx(source, buffer[0], 5, &one, note);
    while (!HasOverlappedIoCompleted(&one))
        Sleep(1);
    say_wait("the event", WaitForSingleObject(event, 0));
    one.hEvent = NULL; /* so that the line of the routine is always the same */
    SleepEx(INFINITE, TRUE);

    puts("-- a copy, one routine calling for the other");
    ReadFileEx(source, chunk, CHUNK, &transfer, has_read);
    while (!finished)
        SleepEx(INFINITE, TRUE);
    printf("%d reads, %d writes, %lu bytes, ended with %lu\n", reads, writes, copied, last_error);
    printf("size of the copy %lu\n", GetFileSize(target, NULL));

    CloseHandle(event);
    CloseHandle(source);
    CloseHandle(target);
    DeleteFileA("source.dat");
    DeleteFileA("target.dat");
    return 0;
}
