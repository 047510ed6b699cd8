/* Windows that nobody sees: classes, what their procedures get, messages and timers, and what threads send each other. */
#include "say.h"

static int quiet;

static const char *name_of(UINT message)
{
    switch (message) {
    case WM_CREATE: return "WM_CREATE";
    case WM_DESTROY: return "WM_DESTROY";
    case WM_NCCREATE: return "WM_NCCREATE";
    case WM_NCDESTROY: return "WM_NCDESTROY";
    case WM_CLOSE: return "WM_CLOSE";
    default: return NULL;
    }
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM first, LPARAM second)
{
    if (!quiet && name_of(message))
        printf("  %s\n", name_of(message));
    if (message == WM_NCCREATE) {
        CREATESTRUCTW *told = (CREATESTRUCTW *)second;
        SetWindowLongPtrW(window, GWLP_USERDATA, (LONG_PTR)told->lpCreateParams);
        if (!quiet)
            printf("  made as \"%ls\", %d\n", told->lpszName, told->lpCreateParams == &quiet);
        if (told->lpCreateParams == (void *)13)
            return FALSE;
    }
    if (message == WM_CREATE && ((CREATESTRUCTW *)second)->lpCreateParams == (void *)14)
        return -1;
    if (message == WM_USER + 1)
        return (LRESULT)first + second;
    if (message == WM_USER + 2)
        return SendMessageW((HWND)first, WM_USER + 1, 20, second);
    if (message == WM_USER + 3) {
        ReplyMessage(33);
        return InSendMessage() ? 34 : 35;
    }
    if (message == WM_USER + 4)
        Sleep((DWORD)first);
    return DefWindowProcW(window, message, first, second);
}

static HWND make(void *parameter)
{
    return CreateWindowW(L"hidden class", L"title", WS_OVERLAPPED, 1, 2, 3, 4, HWND_MESSAGE, NULL, GetModuleHandle(NULL),
                         parameter);
}

static void classes(void)
{
    WNDCLASSW type;
    ATOM atom;
    HWND window;
    memset(&type, 0, sizeof type);
    type.lpfnWndProc = procedure;
    type.hInstance = GetModuleHandle(NULL);
    type.cbWndExtra = 8;
    type.lpszClassName = L"Hidden Class";
    printf("no class: %d\n", make(NULL) != NULL);
    atom = RegisterClassW(&type);
    printf("an atom: %d\n", atom >= 0xC000);
    say("the same again", RegisterClassW(&type) != 0);
    window = CreateWindowW((LPCWSTR)(ULONG_PTR)atom, L"by atom", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, type.hInstance, &quiet);
    printf("for messages: %d, parent %p\n", window != NULL, (void *)GetParent(window));
    printf("found below: %d, above: %d\n", FindWindowExW(HWND_MESSAGE, NULL, L"hidden class", NULL) == window,
           FindWindowW(L"hidden class", NULL) == window);
    say("class in use", UnregisterClassW(L"hidden class", type.hInstance));
    say("destroyed", DestroyWindow(window));
    printf("there: %d\n", IsWindow(window));
}

static void longs(void)
{
    WCHAR text[40];
    char narrow[40];
    DWORD process = 0;
    HWND window = make(&quiet);
    printf("own: %d %d\n", GetWindowThreadProcessId(window, &process) == GetCurrentThreadId(), process == GetCurrentProcessId());
    printf("kept: %d\n", GetWindowLongPtrW(window, GWLP_USERDATA) == (LONG_PTR)&quiet);
    printf("before: %d", (int)SetWindowLongPtrW(window, 0, 77));
    printf(", then %d\n", (int)GetWindowLongPtrW(window, 0));
    SetLastError(0);
    say("beyond", GetWindowLongPtrW(window, 8) != 0);
    printf("title %d", GetWindowTextW(window, text, 40));
    printf(" %ls\n", text);
    SetWindowTextA(window, "other title");
    printf("%d", GetWindowTextA(window, narrow, 6));
    printf(" %s of %d\n", narrow, GetWindowTextLengthW(window));
    printf("class %d", GetClassNameA(window, narrow, 40));
    printf(" %s\n", narrow);
    PostMessageW(window, WM_USER + 9, 0, 0);
    SetTimer(window, 5, 10, NULL);
    SendMessageW(window, WM_CLOSE, 0, 0);
    Sleep(50);
    {
        MSG message;
        printf("left: %d\n", PeekMessageW(&message, NULL, 0, 0, PM_REMOVE));
    }
    quiet = 0;
    printf("refused first: %d\n", make((void *)13) != NULL);
    quiet = 1;
    printf("refused then: %d\n", make((void *)14) != NULL);
    quiet = 1;
}

static void queued(void)
{
    MSG message;
    HWND one = make(NULL), two = make(NULL);
    int count = 0;
    PostMessageW(one, WM_USER + 1, 1, 0);
    PostMessageW(two, WM_USER + 1, 2, 0);
    PostThreadMessageW(GetCurrentThreadId(), WM_USER + 1, 3, 0);
    printf("of the second: %d", PeekMessageW(&message, two, 0, 0, PM_REMOVE));
    printf(" %d %d\n", message.hwnd == two, (int)message.wParam);
    printf("of the thread: %d", PeekMessageW(&message, (HWND)-1, 0, 0, PM_REMOVE));
    printf(" %d %d\n", message.hwnd == NULL, (int)message.wParam);
    printf("the rest: %d", PeekMessageW(&message, NULL, 0, 0, PM_REMOVE));
    printf(" %d %d, dispatched %d\n", message.hwnd == one, (int)message.wParam, (int)DispatchMessageW(&message));
    printf("timers: %d", (int)SetTimer(one, 9, 15, NULL));
    printf(" %d\n", (int)SetTimer(two, 9, 15, NULL));
    while (count < 3 && GetMessageW(&message, one, 0, 0) > 0) {
        if (message.message != WM_TIMER || message.hwnd != one || message.wParam != 9)
            printf("wrong message %u\n", message.message);
        count++;
    }
    printf("killed: %d", KillTimer(one, 9));
    printf(" %d\n", KillTimer(one, 9));
    DestroyWindow(one);
    DestroyWindow(two);
    say("to one that has gone", PostMessageW(one, WM_USER, 0, 0));
}

static HWND far_window;
static HANDLE far_ready;

static DWORD WINAPI far_thread(LPVOID argument)
{
    MSG message;
    far_window = make(NULL);
    SetEvent(far_ready);
    while (GetMessageW(&message, NULL, 0, 0) > 0)
        DispatchMessageW(&message);
    (void)argument;
    return (DWORD)message.wParam;
}

static void between_threads(void)
{
    DWORD id, code = 0;
    DWORD_PTR result = 1;
    HWND own = make(NULL);
    HANDLE thread;
    far_ready = CreateEventW(NULL, TRUE, FALSE, NULL);
    thread = CreateThread(NULL, 0, far_thread, NULL, 0, &id);
    WaitForSingleObject(far_ready, INFINITE);
    printf("sum: %d\n", (int)SendMessageW(far_window, WM_USER + 1, 3, 4));
    printf("and back: %d\n", (int)SendMessageW(far_window, WM_USER + 2, (WPARAM)own, 5));
    printf("early: %d\n", (int)SendMessageW(far_window, WM_USER + 3, 0, 0));
    printf("own: %d\n", (int)SendMessageW(own, WM_USER + 3, 0, 0));
    say("not mine", DestroyWindow(far_window));
    say("too slow", SendMessageTimeoutW(far_window, WM_USER + 4, 1500, 0, SMTO_NORMAL, 100, &result) != 0);
    printf("in time: %d", (int)SendMessageTimeoutW(far_window, WM_USER + 1, 40, 2, SMTO_NORMAL, 9000, &result));
    printf(" %d\n", (int)result);
    PostThreadMessageW(id, WM_QUIT, 6, 0);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    printf("ended with %d\n", (int)code);
    printf("its window: %d\n", IsWindow(far_window));
    say("to it", SendMessageW(far_window, WM_USER + 1, 3, 4) != 0);
    DestroyWindow(own);
    CloseHandle(thread);
    CloseHandle(far_ready);
}

int main(void)
{
    classes();
    quiet = 1;
    longs();
    queued();
    between_threads();
    say("no longer in use", UnregisterClassW(L"hidden class", GetModuleHandle(NULL)));
    say("again", UnregisterClassW(L"hidden class", GetModuleHandle(NULL)));
    return 0;
}
