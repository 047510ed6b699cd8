/* What windows.h, stdlib.h and io.h bring along in Windows, and formats of <inttypes.h>. */
#include <windows.h>
#include <io.h>
#include <stdio.h>
#include <fcntl.h>
#include <sys/locking.h>
#include <sys/stat.h>
#include <sys/utime.h>
#include <inttypes.h>
#include <intrin.h>
#include <iphlpapi.h>
#include <wincrypt.h>
#ifndef __cplusplus
typedef unsigned __int64 uint64_t;
typedef signed __int64 int64_t;
#endif

int main(int argc, char **argv) {
    int64_t large = 1234567890123;
    struct _finddata_t found;
    struct _utimbuf times = {1000000000, 1100000000};
    struct _stat status;
    unsigned long bit = 0xAAAAAAAAAAAAAAAAul;
    BYTE random[4] = {0};
    HCRYPTPROV provider;
    intptr_t search;
    int file;
    if (argc != 2) exit(2);
    printf("%" PRId64 " %" PRIx64 " %" PRIuPTR " %zu\n", large, (uint64_t)large, (uintptr_t)large, (size_t)large);
    file = _open(argv[1], _O_RDWR | _O_CREAT | _O_BINARY, _S_IREAD | _S_IWRITE);
    _write(file, "0123456789", 10);
    printf("%ld %d %ld\n", (LONG)_filelength(file), _eof(file), (LONG)_tell(file));
    _lseek(file, 0, SEEK_SET);
    printf("%d %d %d\n", _chsize(file, 4), _locking(file, _LK_NBLCK, 4), _locking(file, _LK_UNLCK, 4));
    _close(file);
    search = _findfirst(argv[1], &found);
    printf("%d %d ", search != -1, (int)found.size);
    printf("%d ", _findnext(search, &found));
    printf("%d\n", errno);
    _findclose(search);
    _utime(argv[1], &times);
    _stat(argv[1], &status);
    printf("%d %d\n", (int)status.st_mtime, _access_s(argv[1], 6));
    _BitScanReverse(&bit, 0x80);
    printf("%d %u\n", (int)bit, __popcnt(0xFF));
    CryptAcquireContext(&provider, NULL, NULL, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT);
    printf("%d %d\n", CryptGenRandom(provider, sizeof random, random), SIZE_MAX > INT_MAX);
    return 0;
}
