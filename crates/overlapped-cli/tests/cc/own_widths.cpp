/* A program with definitions of its own of types that the headers have: on Windows they agree. */
typedef unsigned long DWORD;
typedef long LONG;
typedef signed long long int64_t;
typedef unsigned
    __int64 uint64_t;
typedef unsigned long uint32_t;
typedef __int64 ssize_t;
typedef unsigned short mode_t;
#include <windows.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

/* No C library for Windows has these. */
struct flock {
    int mine;
};
static int fcntl(HANDLE file, int what) { return file == NULL ? what : 0; }

int main() {
    struct flock lock = {7};
    DWORD written = 0;
    int64_t wide = -1234567890123i64;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "ok\n", 3, &written, NULL);
    printf("%d %d %d %d %d %I64d %d\n", (int)sizeof(DWORD), (int)sizeof(LONG), (int)sizeof(uint32_t), (int)sizeof(uint64_t),
           (int)sizeof(ssize_t), wide, fcntl(NULL, lock.mine));
    return written == 3 && sizeof(mode_t) > 0 ? 0 : __LINE__;
}
