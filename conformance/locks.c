/* Byte-range locks: mandatory, owned by the open instance, waiting without blocking (contract 02 section 9). */
#include "say.h"

static HANDLE open_it(DWORD flags)
{
    return CreateFileA("locks.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, flags, NULL);
}

static BOOL lock(HANDLE file, DWORD flags, DWORD at, DWORD bytes)
{
    OVERLAPPED o = {0};
    o.Offset = at;
    return LockFileEx(file, flags | LOCKFILE_FAIL_IMMEDIATELY, 0, bytes, 0, &o);
}

static BOOL unlock(HANDLE file, DWORD at, DWORD bytes)
{
    OVERLAPPED o = {0};
    o.Offset = at;
    return UnlockFileEx(file, 0, bytes, 0, &o);
}

static BOOL transfer(HANDLE file, BOOL write, DWORD at)
{
    OVERLAPPED o = {0};
    char byte = 'w';
    DWORD n;
    o.Offset = at;
    return write ? WriteFile(file, &byte, 1, &n, &o) : ReadFile(file, &byte, 1, &n, &o);
}

int main(void)
{
    OVERLAPPED o = {0};
    DWORD n;
    HANDLE owner = open_it(0), stranger = open_it(0), waiter = open_it(FILE_FLAG_OVERLAPPED);
    WriteFile(owner, "0123456789", 10, &n, NULL);

    puts("-- exclusive");
    say("owner locks 2..5", LockFile(owner, 2, 0, 4, 0));
    say("owner reads", transfer(owner, FALSE, 3));
    say("owner writes", transfer(owner, TRUE, 3));
    say("stranger reads inside", transfer(stranger, FALSE, 3));
    say("stranger writes inside", transfer(stranger, TRUE, 5));
    say("stranger reads outside", transfer(stranger, FALSE, 6));
    say("stranger locks a part", LockFile(stranger, 5, 0, 10, 0));
    say("stranger shares a part", lock(stranger, 0, 0, 3));
    say("owner locks the same again", LockFile(owner, 2, 0, 4, 0));
    say("unlocking a part", UnlockFile(owner, 2, 0, 2, 0));
    say("unlocking by a stranger", UnlockFile(stranger, 2, 0, 4, 0));
    say("unlocking", UnlockFile(owner, 2, 0, 4, 0));
    say("unlocking again", UnlockFile(owner, 2, 0, 4, 0));

    puts("-- shared");
    say("owner", lock(owner, 0, 0, 10));
    say("stranger", lock(stranger, 0, 5, 10));
    say("stranger reads", transfer(stranger, FALSE, 2));
    say("stranger writes", transfer(stranger, TRUE, 2));
    say("owner writes", transfer(owner, TRUE, 2));
    say("exclusive on top", lock(stranger, LOCKFILE_EXCLUSIVE_LOCK, 3, 1));
    say("owner unlocks", unlock(owner, 0, 10));
    say("stranger unlocks", unlock(stranger, 5, 10));

    puts("-- beyond the end, and around the end of all numbers");
    say("beyond the end", LockFile(owner, 1000, 0, 1, 0));
    say("unlocked", UnlockFile(owner, 1000, 0, 1, 0));
    say("a range that wraps", LockFile(owner, 0xFFFFFFFF, 0xFFFFFFFF, 2, 0));

    puts("-- waiting for a range on an overlapped instance");
    say("owner locks", LockFile(owner, 0, 0, 10, 0));
    o.hEvent = CreateEventA(NULL, TRUE, TRUE, NULL);
    say("waiter asks", LockFileEx(waiter, LOCKFILE_EXCLUSIVE_LOCK, 0, 10, 0, &o));
    say_wait("its event", WaitForSingleObject(o.hEvent, 50));
    say("not yet", GetOverlappedResult(waiter, &o, &n, FALSE));
    say("owner unlocks", UnlockFile(owner, 0, 0, 10, 0));
    say_wait("its event", WaitForSingleObject(o.hEvent, 10000));
    say("granted", GetOverlappedResult(waiter, &o, &n, FALSE));
    say("owner is a stranger now", transfer(owner, FALSE, 0));

    puts("-- closing gives it back");
    CloseHandle(waiter);
    say("owner reads", transfer(owner, FALSE, 0));

    CloseHandle(o.hEvent);
    CloseHandle(stranger);
    CloseHandle(owner);
    DeleteFileA("locks.dat");
    return 0;
}
