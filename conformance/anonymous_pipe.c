/* Anonymous pipes: threads, their end, what they refuse, and a descriptor of one (contract 07 section 3). */
#include "say.h"
#include <io.h>
#include <fcntl.h>
#include <string.h>

static DWORD WINAPI produce(LPVOID parameter)
{
    HANDLE writer = (HANDLE)parameter;
    static char block[1000];
    DWORD n, total = 0;
    int i;
    for (i = 0; i < 100; i++) {
        memset(block, 'a' + i % 26, sizeof block);
        if (!WriteFile(writer, block, sizeof block, &n, NULL))
            break;
        total += n;
    }
    CloseHandle(writer);
    return total;
}

static DWORD WINAPI late(LPVOID parameter)
{
    DWORD n;
    Sleep(100);
    WriteFile((HANDLE)parameter, "late", 4, &n, NULL);
    return 0;
}

int main(void)
{
    static char buffer[4000];
    HANDLE reader, writer, thread, copy;
    DWORD n, total = 0, code, flags, out, in, instances, mode;
    long long sum = 0;
    int right = 1, fd;
    FILE *stream;
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};

    puts("-- a hundred thousand bytes through four thousand");
    say("CreatePipe", CreatePipe(&reader, &writer, NULL, 0));
    thread = CreateThread(NULL, 0, produce, writer, 0, NULL);
    while (ReadFile(reader, buffer, sizeof buffer, &n, NULL)) {
        DWORD i;
        for (i = 0; i < n; i++)
            right &= buffer[i] == 'a' + (char)((total + i) / 1000 % 26);
        total += n;
        sum++;
    }
    printf("the end: error %lu\n", GetLastError());
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    printf("%lu written, %lu read, %s, %s\n", code, total, right ? "in order" : "not in order", sum >= 25 ? "in parts" : "at once");
    CloseHandle(reader);

    puts("-- what it is");
    say("CreatePipe", CreatePipe(&reader, &writer, &inherit, 1));
    printf("type %lu\n", GetFileType(reader));
    GetNamedPipeInfo(reader, &flags, &out, &in, &instances);
    printf("reader: flags %lu, %lu %lu, %lu instance\n", flags, out, in, instances);
    GetNamedPipeInfo(writer, &flags, &out, &in, &instances);
    printf("writer: flags %lu, %lu %lu, %lu instance\n", flags, out, in, instances);
    GetHandleInformation(reader, &flags);
    printf("inherited: %lu\n", flags & HANDLE_FLAG_INHERIT);
    say("a read of the writer", ReadFile(writer, buffer, 1, &n, NULL));
    say("a write to the reader", WriteFile(reader, buffer, 1, &n, NULL));
    mode = PIPE_NOWAIT;
    say("the reader does not wait", SetNamedPipeHandleState(reader, &mode, NULL, NULL));
    say("an empty pipe", ReadFile(reader, buffer, 1, &n, NULL));
    mode = PIPE_WAIT;
    say("the reader waits", SetNamedPipeHandleState(reader, &mode, NULL, NULL));
    say("one byte fits", WriteFile(writer, "x", 1, &n, NULL));
    say("PeekNamedPipe", PeekNamedPipe(reader, buffer, 10, &n, &total, NULL));
    printf("%lu of %lu\n", n, total);
    say("the byte", ReadFile(reader, buffer, 10, &n, NULL));
    thread = CreateThread(NULL, 0, late, writer, 0, NULL);
    say("a read that waits", ReadFile(reader, buffer, 10, &n, NULL));
    printf("%lu bytes\n", n);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);

    puts("-- its end comes with the last handle");
    DuplicateHandle(GetCurrentProcess(), writer, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
    CloseHandle(writer);
    say("a write to the copy", WriteFile(copy, "y", 1, &n, NULL));
    CloseHandle(copy);
    say("what is there", ReadFile(reader, buffer, 10, &n, NULL));
    say("the end", ReadFile(reader, buffer, 10, &n, NULL));
    CloseHandle(reader);
    CreatePipe(&reader, &writer, NULL, 0);
    CloseHandle(reader);
    say("nobody reads", WriteFile(writer, "x", 1, &n, NULL));
    CloseHandle(writer);
    CreatePipe(&reader, &writer, &inherit, 0);
    CloseHandle(reader);
    say("nobody reads, and it could be inherited", WriteFile(writer, "x", 1, &n, NULL));
    CloseHandle(writer);

    puts("-- a stream of C");
    CreatePipe(&reader, &writer, NULL, 0);
    fd = _open_osfhandle((intptr_t)writer, 0);
    stream = _fdopen(fd, "w");
    fprintf(stream, "a line of %d words\n", 5);
    fclose(stream);
    total = 0;
    while (total < sizeof buffer && ReadFile(reader, buffer + total, (DWORD)sizeof buffer - total, &n, NULL))
        total += n;
    printf("%.*s", (int)total, buffer);
    CloseHandle(reader);
    return 0;
}
