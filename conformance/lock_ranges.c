/* Ranges that touch, overlay, are empty, or are at the end of all numbers (contract 02 section 9). */
#include "say.h"

static BOOL lock(HANDLE file, DWORD flags, DWORD from, DWORD bytes)
{
    OVERLAPPED o = {0};
    o.Offset = from;
    return LockFileEx(file, flags | LOCKFILE_FAIL_IMMEDIATELY, 0, bytes, 0, &o);
}

static BOOL unlock(HANDLE file, DWORD from, DWORD bytes)
{
    OVERLAPPED o = {0};
    o.Offset = from;
    return UnlockFileEx(file, 0, bytes, 0, &o);
}

static BOOL one_byte(HANDLE file, BOOL write, DWORD from)
{
    OVERLAPPED o = {0};
    char c = 'w';
    DWORD n;
    o.Offset = from;
    return write ? WriteFile(file, &c, 1, &n, &o) : ReadFile(file, &c, 1, &n, &o);
}

static HANDLE open_it(DWORD access, DWORD flags)
{
    return CreateFileA("ranges.dat", access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, flags, NULL);
}

#define EX LOCKFILE_EXCLUSIVE_LOCK

int main(void)
{
    HANDLE a = open_it(GENERIC_READ | GENERIC_WRITE, 0), b = open_it(GENERIC_READ | GENERIC_WRITE, 0);
    HANDLE pending = open_it(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED), other;
    OVERLAPPED o = {0};
    DWORD n;

    WriteFile(a, "0123456789", 10, &n, NULL);
    puts("-- a shared lock over one's own exclusive one");
    say("a, exclusive", lock(a, EX, 0, 10));
    say("a, exclusive again", lock(a, EX, 9, 1));
    say("a, shared", lock(a, 0, 0, 10));
    say("a writes", one_byte(a, TRUE, 0));
    say("a reads", one_byte(a, FALSE, 0));
    say("b reads", one_byte(b, FALSE, 0));
    say("a unlocks once: the exclusive one", unlock(a, 0, 10));
    say("b reads", one_byte(b, FALSE, 0));
    say("a writes", one_byte(a, TRUE, 0));
    say("a unlocks twice", unlock(a, 0, 10));
    say("a unlocks thrice", unlock(a, 0, 10));
    say("a writes", one_byte(a, TRUE, 0));

    puts("-- shared locks overlap");
    say("a", lock(a, 0, 0, 4));
    say("b", lock(b, 0, 0, 4));
    say("a, another", lock(a, 0, 2, 4));
    say("a, exclusive", lock(a, EX, 0, 1));
    say("a part cannot be unlocked", unlock(a, 0, 3));
    say("nor what is too long", unlock(a, 0, 5));
    say("unlocked", unlock(a, 0, 4) && unlock(b, 0, 4) && unlock(a, 2, 4));

    puts("-- locks of no bytes");
    say("a at 5", lock(a, EX, 5, 0));
    say("b starts there", lock(b, EX, 5, 1));
    say("b has it inside", lock(b, EX, 4, 2));
    say("b ends there", lock(b, EX, 4, 1));
    say("b writes there all the same", one_byte(b, TRUE, 5));
    say("unlocked", unlock(b, 4, 1) && unlock(a, 5, 0));
    say("it is gone", unlock(a, 5, 0));

    puts("-- the end of all numbers");
    o.Offset = o.OffsetHigh = 0xFFFFFFFF;
    say("the last byte", LockFileEx(a, EX | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &o));
    say("unlocked", UnlockFileEx(a, 0, 1, 0, &o));
    say("one more", LockFileEx(a, EX | LOCKFILE_FAIL_IMMEDIATELY, 0, 2, 0, &o));
    say("everything", LockFile(a, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF));
    say("b anywhere", lock(b, 0, 12345, 1));
    say("unlocked", UnlockFile(a, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF));

    puts("-- which rights it takes");
    other = open_it(GENERIC_READ, 0);
    say("reading", LockFile(other, 0, 0, 1, 0));
    CloseHandle(other);
    other = open_it(GENERIC_WRITE, 0);
    say("writing", LockFile(other, 0, 0, 1, 0));
    CloseHandle(other);
    other = open_it(FILE_READ_ATTRIBUTES, 0);
    say("neither", LockFile(other, 0, 0, 1, 0));
    say("nor to unlock", UnlockFile(other, 0, 0, 1, 0));
    CloseHandle(other);
    say("no handle", LockFile(NULL, 0, 0, 1, 0));

    puts("-- an overlapped instance that does not want to wait");
    say("a", lock(a, EX, 0, 10));
    say("exclusive", lock(pending, EX, 0, 1));
    say("shared", lock(pending, 0, 0, 1));
    ZeroMemory(&o, sizeof o);
    o.hEvent = (HANDLE)(ULONG_PTR)0xDEADBEE0;
    say("an event that is none", LockFileEx(pending, EX, 0, 1, 0, &o));

    puts("-- the oldest request that is possible is granted");
    {
        OVERLAPPED first = {0}, second = {0}, third = {0};
        first.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
        second.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
        third.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
        third.Offset = 8;
        say("0..4", LockFileEx(pending, EX, 0, 5, 0, &first));
        say("0..4 again", LockFileEx(pending, EX, 0, 5, 0, &second));
        say("8..9", LockFileEx(pending, 0, 0, 2, 0, &third));
        say("a unlocks", unlock(a, 0, 10));
        say_wait("the first", WaitForSingleObject(first.hEvent, 10000));
        say_wait("the third", WaitForSingleObject(third.hEvent, 10000));
        say_wait("the second", WaitForSingleObject(second.hEvent, 0));
        say("the first is unlocked", UnlockFileEx(pending, 0, 5, 0, &first));
        say_wait("the second", WaitForSingleObject(second.hEvent, 10000));
        say("GetOverlappedResult", GetOverlappedResult(pending, &second, &n, FALSE));
        CloseHandle(first.hEvent);
        CloseHandle(second.hEvent);
        CloseHandle(third.hEvent);
    }
    puts("-- closing gives everything back");
    CloseHandle(pending);
    say("a", lock(a, EX, 0, 10));
    CloseHandle(a);
    say("b", lock(b, EX, 0, 10));
    CloseHandle(b);
    DeleteFileA("ranges.dat");
    return 0;
}
