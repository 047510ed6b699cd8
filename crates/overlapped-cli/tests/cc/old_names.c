/* Names of POSIX that Microsoft has without an underscore take names of Windows, and are nobody's who has them already. */
#include <windows.h>
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* A program's own, as many have it. */
static struct tm *localtime_r(const time_t *from, struct tm *to)
{
    (void)from;
    to->tm_year = 4711;
    return to;
}

/* Never called: of what does not exist yet, only a call is an error. */
inline void never(HANDLE pipe)
{
    DisconnectNamedPipe(pipe);
}

int main(int argc, char **argv)
{
    char directory[MAX_PATH], name[MAX_PATH], back[MAX_PATH];
    struct stat found;
    struct tm when;
    time_t now = time(NULL);
    int file;
    if (argc < 2) return 1;
    sprintf(directory, "C:%s\\old", argv[1]);
    for (char *at = directory; *at; ++at)
        if (*at == '/') *at = '\\';
    printf("%d ", mkdir(directory));
    printf("%d ", chdir(directory));
    printf("%d ", getcwd(back, MAX_PATH) && !strcmp(back, directory));
    printf("%d\n", _getdrive());
    sprintf(name, "%s\\a.txt", directory);
    file = open(name, O_CREAT | O_RDWR | O_BINARY, _S_IREAD | _S_IWRITE);
    printf("%d ", (int)write(file, "abc", 3));
    printf("%d\n", close(file));
    printf("%d ", stat(name, &found));
    printf("%d ", (int)found.st_size);
    printf("%d ", chmod(name, _S_IREAD));
    printf("%lu ", GetFileAttributesA(name) & FILE_ATTRIBUTE_READONLY);
    printf("%d\n", _chmod(name, _S_IREAD | _S_IWRITE));
    file = creat(name, _S_IREAD | _S_IWRITE);
    close(file);
    stat(name, &found);
    printf("%d %d ", file >= 0, (int)found.st_size);
    printf("%d ", access(name, 0));
    printf("%d ", unlink(name));
    printf("%d ", access(name, 0));
    printf("%d ", _chdrive(3));
    printf("%d ", chdir("C:\\"));
    printf("%d\n", rmdir(directory));
    printf("%d\n", localtime_r(&now, &when)->tm_year);
    return 0;
}
