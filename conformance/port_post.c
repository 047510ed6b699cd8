/* Posting packets and taking them: values, order, time-outs, refusals (founding document 5.5; contract 06 sections 1, 2 and 6). */
#include "say.h"

static void get(HANDLE port, DWORD ms)
{
    DWORD bytes = 4711;
    ULONG_PTR key = 4711;
    OVERLAPPED *o = (OVERLAPPED *)(ULONG_PTR)4711;
    BOOL ok;
    SetLastError(1234);
    ok = GetQueuedCompletionStatus(port, &bytes, &key, &o, ms);
    printf("%s/%lu: bytes %lu, key %lu, overlapped %lu\n", ok ? "TRUE" : "FALSE", GetLastError(), bytes, (DWORD)key,
           (DWORD)(ULONG_PTR)o);
}

int main(void)
{
    HANDLE port, event;
    DWORD bytes, i, wrong = 0;
    ULONG_PTR key;
    OVERLAPPED *o;

    puts("-- made");
    say_handle("-1 with a port", CreateIoCompletionPort(INVALID_HANDLE_VALUE, (HANDLE)(ULONG_PTR)4, 0, 0));
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 99, 0);
    say_handle("a new one", port);
    say_handle("associating nothing", CreateIoCompletionPort(NULL, port, 0, 0));

    puts("-- empty");
    get(port, 0);
    get(port, 20);

    puts("-- posted");
    say("PostQueuedCompletionStatus", PostQueuedCompletionStatus(port, 123, 456, (OVERLAPPED *)(ULONG_PTR)789));
    get(port, 0);
    say("with NULL", PostQueuedCompletionStatus(port, 1, 2, NULL));
    get(port, INFINITE);
    say("largest values", PostQueuedCompletionStatus(port, 0xFFFFFFFF, 0xFFFFFFFF, NULL));
    get(port, INFINITE);

    puts("-- first in, first out");
    for (i = 0; i < 1000; i++)
        PostQueuedCompletionStatus(port, i, i * 3, NULL);
    for (i = 0; i < 1000; i++) {
        if (!GetQueuedCompletionStatus(port, &bytes, &key, &o, 0) || bytes != i || key != i * 3)
            wrong++;
    }
    printf("%lu out of order\n", wrong);
    get(port, 0);

    puts("-- refused");
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    get(NULL, 0);
    get(event, 0);
    say("posting to an event", PostQueuedCompletionStatus(event, 0, 0, NULL));
    say("posting to nothing", PostQueuedCompletionStatus(NULL, 0, 0, NULL));

    puts("-- closed");
    PostQueuedCompletionStatus(port, 1, 1, NULL);
    say("CloseHandle", CloseHandle(port));
    get(port, 0);
    say("posting", PostQueuedCompletionStatus(port, 0, 0, NULL));
    CloseHandle(event);
    return 0;
}
