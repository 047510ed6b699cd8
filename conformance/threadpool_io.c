/* CreateThreadpoolIo: start before each request, one callback for each, waiting for them (contract 04 section 11). */
#include "say.h"

static HANDLE done;
static volatile LONG callbacks;
static ULONG last_result;
static ULONG_PTR last_bytes;
static PVOID last_overlapped, last_context;

static VOID CALLBACK on_io(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped, ULONG result, ULONG_PTR bytes, PTP_IO io)
{
    (void)instance;
    (void)io;
    last_result = result;
    last_bytes = bytes;
    last_overlapped = overlapped;
    last_context = context;
    InterlockedIncrement(&callbacks);
    SetEvent(done);
}

int main(void)
{
    char buffer[16];
    OVERLAPPED o = {0};
    PTP_IO io;
    int i;
    BOOL ok;
    HANDLE file = CreateFileA("tpio.dat", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_OVERLAPPED, NULL);

    done = CreateEventA(NULL, FALSE, FALSE, NULL);
    io = CreateThreadpoolIo(file, on_io, buffer, NULL);
    say("CreateThreadpoolIo", io != NULL);
    say("a second one", CreateThreadpoolIo(file, on_io, NULL, NULL) != NULL);

    puts("-- a write, a read, a failure");
    StartThreadpoolIo(io);
    say("WriteFile", WriteFile(file, "0123456789", 10, NULL, &o));
    say_wait("callback", WaitForSingleObject(done, 10000));
    printf("result %lu, %lu bytes, overlapped %d, context %d\n", last_result, (DWORD)last_bytes, last_overlapped == &o, last_context == buffer);
    StartThreadpoolIo(io);
    say("ReadFile", ReadFile(file, buffer, 16, NULL, &o));
    say_wait("callback", WaitForSingleObject(done, 10000));
    printf("result %lu, %lu bytes\n", last_result, (DWORD)last_bytes);
    o.Offset = 10;
    StartThreadpoolIo(io);
    say("ReadFile at the end", ReadFile(file, buffer, 16, NULL, &o));
    say_wait("callback", WaitForSingleObject(done, 10000));
    printf("result %lu, %lu bytes\n", last_result, (DWORD)last_bytes);

    puts("-- a request that is refused is taken back");
    o.Offset = 0;
    StartThreadpoolIo(io);
    ok = ReadFile(file, NULL, 16, NULL, &o);
    say("ReadFile to nowhere", ok);
    CancelThreadpoolIo(io);
    say_wait("callback", WaitForSingleObject(done, 50));

    puts("-- waiting for all");
    for (i = 0; i < 20; i++) {
        StartThreadpoolIo(io);
        ReadFile(file, buffer, 4, NULL, &o);
        WaitForThreadpoolIoCallbacks(io, FALSE);
        if (callbacks != 4 + i)
            printf("after request %d: %ld callbacks\n", i, callbacks);
    }
    printf("%ld callbacks in all\n", callbacks);

    CloseHandle(file);
    CloseThreadpoolIo(io);
    CloseHandle(done);
    DeleteFileA("tpio.dat");
    return 0;
}
