// A program that gives the headers' structure another name, to have a `struct stat` of its own, as PostgreSQL does.
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
#define fstat headers_fstat
#define stat headers_stat
#include <sys/stat.h>
#undef fstat
#undef stat

struct stat {
    _dev_t st_dev;
    _ino_t st_ino;
    __int64 st_size;
    __time64_t st_mtime;
};

static int own(const char *name, struct stat *to) {
    struct _stat64 native;
    int result = _stat64(name, &native);
    to->st_dev = native.st_dev;
    to->st_ino = native.st_ino;
    to->st_size = native.st_size;
    to->st_mtime = native.st_mtime;
    return result;
}
#define stat(name, to) own(name, to)

int main(int count, char **words) {
    struct stat mine;
    struct headers_stat theirs;
    struct _stat by_number, wide;
    int file = _open(words[0], _O_RDONLY);
    if (count != 1 || stat(words[0], &mine) != 0 || headers_stat(words[0], &theirs) != 0) return 1;
    if (file < 0 || _fstat(file, &by_number) != 0 || _wstat(L"C:\\", &wide) != 0) return 2;
    printf("%d %d %d\n", mine.st_size > 1000 && mine.st_size == (__int64)theirs.st_size, mine.st_ino == by_number.st_ino,
           mine.st_mtime == (__time64_t)by_number.st_mtime);
    printf("%d %d\n", (wide.st_mode & _S_IFDIR) != 0, (by_number.st_mode & _S_IFMT) == _S_IFREG);
    _close(file);
    return 0;
}
