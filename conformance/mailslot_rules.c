/* Mailslots by the rules: names, whole messages, time limits, information, what each end may do, one to many
 * (contract 07 section 4, 01 section 1.5, decision D8). */
#include <windows.h>
#include <stdio.h>
#include <string.h>

static char name[80];

static void say(const char *what, BOOL ok)
{
    if (ok)
        printf("%s: TRUE\n", what);
    else
        printf("%s: FALSE/%lu\n", what, GetLastError());
}

static HANDLE say_handle(const char *what, HANDLE h)
{
    if (h != INVALID_HANDLE_VALUE)
        printf("%s: handle\n", what);
    else
        printf("%s: -1/%lu\n", what, GetLastError());
    return h;
}

static void info(HANDLE slot)
{
    DWORD longest = 1, next = 1, count = 1, timeout = 1;
    BOOL ok = GetMailslotInfo(slot, &longest, &next, &count, &timeout);

    printf("info: %s, longest %lX, next %lX, count %lu, timeout %lX\n", ok ? "TRUE" : "FALSE", longest, next, count, timeout);
}

static void read_it(const char *what, HANDLE slot, DWORD room)
{
    char buffer[128] = {0};
    DWORD n = 77;
    BOOL ok = ReadFile(slot, buffer, room, &n, NULL);

    if (ok)
        printf("%s: TRUE, %lu bytes '%.*s'\n", what, n, (int)n, buffer);
    else
        printf("%s: FALSE/%lu, %lu bytes\n", what, GetLastError(), n);
}

static HANDLE open_it(const char *computer, DWORD access)
{
    char text[120];

    sprintf(text, "\\\\%s\\mailslot\\%s", computer, name + strlen("\\\\.\\mailslot\\"));
    return CreateFileA(text, access, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
}

int main(void)
{
    HANDLE slot, second, client, copy, everybody;
    FILETIME created, accessed, written, set;
    DWORD n, before, waited, flags;
    char upper[80], data[500];
    BOOL ok;

    memset(data, 'x', sizeof data);
    sprintf(name, "\\\\.\\mailslot\\rules\\%lu", GetCurrentProcessId());

    /* Names. */
    say_handle("no name", CreateMailslotA(NULL, 0, 0, NULL));
    say_handle("no prefix", CreateMailslotA("rules", 0, 0, NULL));
    say_handle("another computer", CreateMailslotA("\\\\other\\mailslot\\rules", 0, 0, NULL));
    say_handle("a pipe's prefix", CreateMailslotA("\\\\.\\pipe\\rules", 0, 0, NULL));
    say_handle("not there yet", open_it(".", GENERIC_WRITE));
    slot = say_handle("CreateMailslot", CreateMailslotA(name, 100, 0, NULL));
    strcpy(upper, name);
    CharUpperA(upper);
    say_handle("the same name", CreateMailslotA(upper, 0, 0, NULL));
    client = say_handle("a client", open_it(".", GENERIC_WRITE));
    CloseHandle(say_handle("another client", open_it(".", GENERIC_WRITE)));

    /* Each end does its part. */
    SetLastError(1234);
    n = GetFileType(slot);
    printf("type %lu, last error %lu\n", n, GetLastError());
    SetLastError(1234);
    n = GetFileType(client);
    printf("type %lu, last error %lu\n", n, GetLastError());
    say("the server writes", WriteFile(slot, "x", 1, &n, NULL));
    say("the client reads", ReadFile(client, data, 1, &n, NULL));

    /* Nothing there. */
    info(slot);
    read_it("empty, no time", slot, 100);
    read_it("empty, no room", slot, 0);
    say("SetMailslotInfo", SetMailslotInfo(slot, 50));
    info(slot);
    before = GetTickCount();
    read_it("empty, 50 ms", slot, 100);
    waited = GetTickCount() - before;
    printf("it waited: %s\n", waited >= 40 ? "yes" : "no");
    SetMailslotInfo(slot, 0);

    /* Messages, whole. */
    ok = WriteFile(client, "four", 4, &n, NULL);
    printf("write: %d, %lu bytes\n", ok, n);
    ok = WriteFile(client, "", 0, &n, NULL);
    printf("write nothing: %d, %lu bytes\n", ok, n);
    ok = WriteFile(client, "last", 4, &n, NULL);
    info(slot);
    read_it("too little room", slot, 3);
    read_it("no room", slot, 0);
    info(slot);
    read_it("room enough", slot, 100);
    info(slot);
    read_it("the empty one, no room", slot, 0);
    read_it("exactly", slot, 4);
    info(slot);
    say("100 bytes", WriteFile(client, data, 100, &n, NULL));
    say("101 bytes", WriteFile(client, data, 101, &n, NULL));
    info(slot);
    read_it("all of it", slot, 100);
    say("only the count", GetMailslotInfo(slot, NULL, NULL, &n, NULL));
    say("nothing at all", GetMailslotInfo(slot, NULL, NULL, NULL, NULL));
    say("information for a client", GetMailslotInfo(client, NULL, NULL, &n, NULL));

    /* What else is meant to work. */
    ok = GetFileTime(slot, &created, &accessed, &written);
    printf("GetFileTime: %d, made %s\n", ok, created.dwHighDateTime != 0 ? "some time" : "never");
    set.dwLowDateTime = 0;
    set.dwHighDateTime = 0x01C00000;
    say("SetFileTime", SetFileTime(slot, &set, NULL, NULL));
    ok = GetFileTime(slot, &created, NULL, NULL);
    printf("as it was set: %s\n", ok && CompareFileTime(&created, &set) == 0 ? "yes" : "no");
    ok = GetHandleInformation(slot, &flags);
    printf("GetHandleInformation: %d, %lu\n", ok, flags);
    say("SetHandleInformation", SetHandleInformation(slot, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
    ok = GetHandleInformation(slot, &flags);
    printf("GetHandleInformation: %d, %lu\n", ok, flags);
    copy = NULL;
    say("DuplicateHandle", DuplicateHandle(GetCurrentProcess(), slot, GetCurrentProcess(), &copy, 0, FALSE,
                                           DUPLICATE_SAME_ACCESS));
    CloseHandle(slot);
    WriteFile(client, "for the copy", 12, &n, NULL);
    read_it("the copy", copy, 100);

    /* One to many, this computer included. */
    everybody = say_handle("everybody", open_it("*", GENERIC_WRITE));
    ok = WriteFile(everybody, data, 40, &n, NULL);
    printf("to everybody: %d, %lu bytes\n", ok, n);
    for (n = 0; n < 200 && ok; n++) {
        DWORD next;
        ok = GetMailslotInfo(copy, NULL, &next, NULL, NULL);
        if (next != MAILSLOT_NO_MESSAGE)
            break;
        Sleep(5);
    }
    read_it("by this computer too", copy, 100);
    say("425 bytes", WriteFile(everybody, data, 425, &n, NULL));
    CloseHandle(everybody);

    /* The end. */
    WriteFile(client, "unread", 6, &n, NULL);
    CloseHandle(copy);
    ok = WriteFile(client, "late", 4, &n, NULL);
    n = GetLastError();
    printf("after the server: %s\n", !ok && (n == 2 || n == 5 || n == 87) ? "an error" : "?");
    say_handle("no name any more", open_it(".", GENERIC_WRITE));
    second = say_handle("made again", CreateMailslotA(name, 0xFFFFFFFF, MAILSLOT_WAIT_FOREVER, NULL));
    info(second);
    printf("the old client writes: %s\n", WriteFile(client, "x", 1, &n, NULL) ? "yes" : "no");
    CloseHandle(client);
    CloseHandle(second);
    return 0;
}
