/* What the handle of an end may ask and tell, by its rights, and what the last error is after a client was opened. */
#include "say.h"

#define PIPE "\\\\.\\pipe\\ovl-conformance-rights"
#define SLOT "\\\\.\\mailslot\\ovl-conformance-rights"

static void ask(const char *who, HANDLE end)
{
    DWORD state = 9, instances = 9, flags = 9, out_bytes = 9, in_bytes = 9, most = 9;
    printf("%s\n", who);
    SetLastError(0);
    say("  the mode", GetNamedPipeHandleStateA(end, &state, NULL, NULL, NULL, NULL, 0));
    SetLastError(0);
    say("  the instances", GetNamedPipeHandleStateA(end, NULL, &instances, NULL, NULL, NULL, 0));
    SetLastError(0);
    say("  nothing", GetNamedPipeHandleStateA(end, NULL, NULL, NULL, NULL, NULL, 0));
    SetLastError(0);
    say("  the pipe", GetNamedPipeInfo(end, &flags, &out_bytes, &in_bytes, &most));
    printf("  mode %lu, instances %lu, flags %lu, quotas %lu %lu, most %lu\n", state, instances, flags, out_bytes, in_bytes, most);
}

static void tell(const char *what, HANDLE end)
{
    DWORD mode = PIPE_READMODE_BYTE | PIPE_WAIT;
    SetLastError(0);
    say(what, SetNamedPipeHandleState(end, &mode, NULL, NULL));
}

static HANDLE serve(DWORD direction)
{
    return CreateNamedPipeA(PIPE, direction | FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE, 2, 100, 200, 0, NULL);
}

static HANDLE reach(const char *what, const char *name, DWORD access, DWORD disposition)
{
    SetLastError(4711);
    HANDLE client = CreateFileA(name, access, FILE_SHARE_READ, NULL, disposition, 0, NULL);
    DWORD error = GetLastError();
    if (client == INVALID_HANDLE_VALUE)
        printf("%s: -1/%lu\n", what, error);
    else
        printf("%s: handle, last error %lu\n", what, error);
    return client;
}

int main(void)
{
    HANDLE server = serve(PIPE_ACCESS_OUTBOUND);
    ask("outbound server", server);
    HANDLE client = reach("OPEN_EXISTING", PIPE, GENERIC_READ, OPEN_EXISTING);
    ask("its client", client);
    tell("  without FILE_WRITE_ATTRIBUTES", client);
    CloseHandle(client);
    CloseHandle(server);

    server = serve(PIPE_ACCESS_INBOUND);
    ask("inbound server", server);
    client = reach("OPEN_ALWAYS", PIPE, GENERIC_WRITE, OPEN_ALWAYS);
    ask("its client", client);
    tell("  with FILE_WRITE_ATTRIBUTES", client);
    CloseHandle(client);
    CloseHandle(server);

    HANDLE reader, writer;
    say("CreatePipe", CreatePipe(&reader, &writer, NULL, 300));
    DWORD flags = 9;
    say("  the reading end", GetNamedPipeInfo(reader, &flags, NULL, NULL, NULL));
    say("  the writing end", GetNamedPipeInfo(writer, &flags, NULL, NULL, NULL));
    CloseHandle(reader);
    CloseHandle(writer);

    server = CreateMailslotA(SLOT, 0, 0, NULL);
    CloseHandle(reach("a mailslot, OPEN_EXISTING", SLOT, GENERIC_WRITE, OPEN_EXISTING));
    CloseHandle(reach("a mailslot, OPEN_ALWAYS", SLOT, GENERIC_WRITE, OPEN_ALWAYS));
    CloseHandle(server);
    return 0;
}
