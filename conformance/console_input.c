/* Input of a console without anybody at its keyboard: records are written, peeked, read, waited for, and made lines of. */
#include "say.h"
#include <string.h>

static INPUT_RECORD key(WCHAR unit, WORD code, BOOL down)
{
    INPUT_RECORD record;
    memset(&record, 0, sizeof record);
    record.EventType = KEY_EVENT;
    record.Event.KeyEvent.bKeyDown = down;
    record.Event.KeyEvent.wRepeatCount = 1;
    record.Event.KeyEvent.wVirtualKeyCode = code;
    record.Event.KeyEvent.uChar.UnicodeChar = unit;
    return record;
}

static void type_text(HANDLE input, const char *text)
{
    INPUT_RECORD records[2];
    DWORD done;
    for (; *text; text++) {
        WORD code = (WORD)(*text == '\r' ? VK_RETURN : 0);
        records[0] = key((WCHAR)*text, code, TRUE);
        records[1] = key((WCHAR)*text, code, FALSE);
        WriteConsoleInputW(input, records, 2, &done);
    }
}

static void say_count(const char *what, HANDLE input)
{
    DWORD count = 0;
    BOOL ok = GetNumberOfConsoleInputEvents(input, &count);
    if (ok)
        printf("%s: %lu\n", what, count);
    else
        say(what, ok);
}

static void say_line(const char *what, HANDLE input, DWORD room)
{
    WCHAR text[64];
    DWORD done = 0, n;
    SetLastError(0);
    if (!ReadConsoleW(input, text, room, &done, NULL)) {
        say(what, FALSE);
        return;
    }
    printf("%s: %lu", what, done);
    for (n = 0; n < done; n++)
        printf(" %x", (unsigned)text[n]);
    printf(", last error %lu\n", GetLastError());
}

int main(void)
{
    HANDLE input = CreateFileA("CONIN$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE output = CreateFileA("CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE copy;
    INPUT_RECORD records[8];
    char bytes[16];
    DWORD done, mode, n;
    COORD size;

    say_handle("CONIN$", input);
    say_handle("CONOUT$", output);
    say_handle("CON for both", CreateFileA("CON", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL));
    printf("types %lu %lu\n", GetFileType(input), GetFileType(output));
    say("a size", GetFileSizeEx(input, (PLARGE_INTEGER)records));
    say_handle("a port", CreateIoCompletionPort(input, NULL, 1, 0));
    GetConsoleMode(input, &mode);
    printf("mode %lx\n", mode & 0x27);
    say("no records of the output", GetNumberOfConsoleInputEvents(output, &done));

    FlushConsoleInputBuffer(input);
    say_count("at first", input);
    say_wait("nothing to wait for", WaitForSingleObject(input, 0));
    records[0] = key('a', 'A', TRUE);
    records[1] = key('a', 'A', FALSE);
    memset(&records[2], 0, sizeof records[2]);
    records[2].EventType = FOCUS_EVENT;
    records[2].Event.FocusEvent.bSetFocus = TRUE;
    say("write", WriteConsoleInputW(input, records, 3, &done));
    say_count("then", input);
    say_wait("the input", WaitForSingleObject(input, 0));
    say_wait("the output, too", WaitForSingleObject(output, 0));
    memset(records, 0, sizeof records);
    say("peek", PeekConsoleInputW(input, records, 2, &done));
    printf("%lu: %x %d %x\n", done, records[0].EventType, records[0].Event.KeyEvent.bKeyDown,
           (unsigned)records[0].Event.KeyEvent.uChar.UnicodeChar);
    memset(records, 0, sizeof records);
    say("read", ReadConsoleInputA(input, records, 8, &done));
    for (n = 0; n < done; n++)
        printf("%x %d\n", records[n].EventType, records[n].EventType == KEY_EVENT ? records[n].Event.KeyEvent.bKeyDown : -1);
    say_count("after that", input);
    say_wait("nothing left", WaitForSingleObject(input, 0));
    say("peek at nothing", PeekConsoleInputW(input, records, 2, &done));
    printf("%lu\n", done);

    type_text(input, "hello\r");
    say_line("a part", input, 3);
    say_line("the rest", input, 64);
    type_text(input, "xy\b\r");
    say_line("edited", input, 64);
    type_text(input, "file\r");
    say("ReadFile", ReadFile(input, bytes, sizeof bytes, &done, NULL));
    printf("%lu %x %x\n", done, bytes[0], bytes[done - 1]);
    records[0] = key(26, 'Z', TRUE);
    records[0].Event.KeyEvent.dwControlKeyState = LEFT_CTRL_PRESSED;
    records[1] = key(13, VK_RETURN, TRUE);
    WriteConsoleInputW(input, records, 2, &done);
    say("Ctrl+Z", ReadFile(input, bytes, sizeof bytes, &done, NULL));
    printf("%lu\n", done);

    say("echo without lines", SetConsoleMode(input, ENABLE_ECHO_INPUT));
    say("no lines", SetConsoleMode(input, 0));
    FlushConsoleInputBuffer(input);
    type_text(input, "k\r");
    say_line("one at a time", input, 1);
    say_line("Enter alone", input, 64);
    say("lines", SetConsoleMode(input, mode));
    type_text(input, "gone\r");
    say("flush", FlushConsoleInputBuffer(input));
    say_count("flushed", input);
    say("a duplicate", DuplicateHandle(GetCurrentProcess(), input, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    type_text(input, "c");
    say_count("shares the records", copy);
    FlushConsoleInputBuffer(copy);
    say_line("text of the output", output, 1);
    size = GetLargestConsoleWindowSize(output);
    printf("a largest window: %d\n", size.X > 0 && size.Y > 0);
    say("close", CloseHandle(copy));
    say("close", CloseHandle(input));
    say("close", CloseHandle(output));
    return 0;
}
