/* Messages between threads, timers without a window, and waits for both (contract 04 section 8). */
#include "say.h"

static HANDLE ready;

static DWORD WINAPI adds(LPVOID argument)
{
    MSG message;
    DWORD_PTR sum = 0;
    PeekMessage(&message, NULL, WM_USER, WM_USER, PM_NOREMOVE);
    SetEvent((HANDLE)argument);
    while (GetMessage(&message, NULL, 0, 0) > 0)
        if (message.hwnd == NULL && message.message == WM_APP + 1)
            sum += message.wParam * (DWORD_PTR)message.lParam;
    return (DWORD)(sum + message.wParam);
}

static DWORD WINAPI never_looks(LPVOID argument)
{
    WaitForSingleObject((HANDLE)argument, INFINITE);
    return 0;
}

static void between_threads(void)
{
    DWORD id, code = 0, i;
    HANDLE thread = CreateThread(NULL, 0, adds, ready, 0, &id);
    WaitForSingleObject(ready, INFINITE);
    ResetEvent(ready);
    for (i = 1; i <= 1000; i++)
        if (!PostThreadMessage(id, WM_APP + 1, i, 2))
            printf("posting failed with %lu\n", GetLastError());
    say("the last one", PostThreadMessage(id, WM_QUIT, 7, 0));
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    printf("sum and code: %lu\n", code);
    thread = CreateThread(NULL, 0, never_looks, ready, 0, &id);
    say("to a thread that never looks", PostThreadMessage(id, WM_APP, 0, 0));
    SetEvent(ready);
    WaitForSingleObject(thread, INFINITE);
    ResetEvent(ready);
    CloseHandle(thread);
}

static void own_queue(void)
{
    MSG message;
    DWORD me = GetCurrentThreadId();
    PostThreadMessage(me, WM_USER + 1, 1, -1);
    PostThreadMessage(me, WM_USER + 2, 2, -2);
    PostQuitMessage(9);
    PostThreadMessage(me, WM_USER + 1, 3, -3);
    printf("of a range: %d", PeekMessage(&message, NULL, WM_USER + 2, WM_USER + 5, PM_NOREMOVE));
    printf(" %u %d\n", message.message - WM_USER, (int)message.wParam);
    printf("there still: %d\n", PeekMessage(&message, NULL, WM_USER + 2, WM_USER + 2, PM_REMOVE));
    while (GetMessage(&message, NULL, 0, 0))
        printf("message %u: %d %d\n", message.message - WM_USER, (int)message.wParam, (int)message.lParam);
    printf("the end: %d\n", (int)message.wParam);
    printf("empty: %d\n", PeekMessage(&message, NULL, 0, 0, PM_REMOVE));
}

static void waits(void)
{
    MSG message;
    printf("nothing: %lu\n", MsgWaitForMultipleObjects(1, &ready, FALSE, 10, QS_ALLINPUT));
    PostThreadMessage(GetCurrentThreadId(), WM_USER, 0, 0);
    printf("input: %lu\n", MsgWaitForMultipleObjects(1, &ready, FALSE, 10000, QS_ALLINPUT));
    PeekMessage(&message, NULL, 0, 0, PM_NOREMOVE);
    printf("not new any more: %lu\n", MsgWaitForMultipleObjects(1, &ready, FALSE, 10, QS_ALLINPUT));
    printf("but available: %lu\n", MsgWaitForMultipleObjectsEx(1, &ready, 10000, QS_ALLINPUT, MWMO_INPUTAVAILABLE));
    printf("not of that kind: %lu\n", MsgWaitForMultipleObjectsEx(1, &ready, 10, QS_TIMER, MWMO_INPUTAVAILABLE));
    SetEvent(ready);
    printf("an object goes before: %lu\n", MsgWaitForMultipleObjectsEx(1, &ready, 10000, QS_ALLINPUT, MWMO_INPUTAVAILABLE));
    ResetEvent(ready);
    printf("taken: %d\n", PeekMessage(&message, NULL, 0, 0, PM_REMOVE));
}

static int ticks;

static VOID CALLBACK tick(HWND window, UINT message, UINT_PTR timer, DWORD time)
{
    (void)time;
    printf("tick %d: %d %d\n", ++ticks, window == NULL && message == WM_TIMER, timer != 0);
    if (ticks == 3)
        PostQuitMessage(0);
}

static void timers(void)
{
    MSG message;
    UINT_PTR timer = SetTimer(NULL, 0, 20, tick);
    while (GetMessage(&message, NULL, 0, 0) > 0)
        DispatchMessage(&message);
    printf("ended: %d\n", KillTimer(NULL, timer));
    printf("twice: %d\n", KillTimer(NULL, timer));
    timer = SetTimer(NULL, 0, 20, NULL);
    printf("a timer is input: %lu\n", MsgWaitForMultipleObjects(0, NULL, FALSE, 10000, QS_TIMER));
    printf("with its number: %d\n", GetMessage(&message, NULL, 0, 0) && message.message == WM_TIMER && message.wParam == timer);
    KillTimer(NULL, timer);
}

int main(void)
{
    ready = CreateEvent(NULL, TRUE, FALSE, NULL);
    between_threads();
    own_queue();
    waits();
    timers();
    return 0;
}
