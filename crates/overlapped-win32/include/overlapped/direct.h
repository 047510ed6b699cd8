/* Directories of the C library. */
#ifndef OVL_DIRECT_H
#define OVL_DIRECT_H
#include "ovl/crt.h"

OVL_BEGIN
int _mkdir(const char *name) OVL_SYMBOL(_mkdir);
int _chdir(const char *name) OVL_SYMBOL(_chdir);
int _rmdir(const char *name) OVL_SYMBOL(_rmdir);
char *_getcwd(char *to, int room) OVL_SYMBOL(_getcwd);
char *_getdcwd(int drive, char *to, int room) OVL_SYMBOL(_getdcwd);
wchar_t *_wgetdcwd(int drive, wchar_t *to, int room) OVL_SYMBOL(_wgetdcwd);
int _wmkdir(const wchar_t *name) OVL_SYMBOL(_wmkdir);
int _wchdir(const wchar_t *name) OVL_SYMBOL(_wchdir);
int _wrmdir(const wchar_t *name) OVL_SYMBOL(_wrmdir);
wchar_t *_wgetcwd(wchar_t *to, int room) OVL_SYMBOL(_wgetcwd);
int _getdrive(void) OVL_SYMBOL(_getdrive);
int _chdrive(int drive) OVL_SYMBOL(_chdrive);
unsigned int _getdrives(void) OVL_SYMBOL(GetLogicalDrives);

struct _diskfree_t {
    unsigned int total_clusters;
    unsigned int avail_clusters;
    unsigned int sectors_per_cluster;
    unsigned int bytes_per_sector;
};
int ovl_disk_free(const char *root, unsigned int *sectors, unsigned int *bytes, unsigned int *available, unsigned int *total)
    OVL_SYMBOL(GetDiskFreeSpaceA);
unsigned int ovl_disk_error(void) OVL_SYMBOL(GetLastError);
/* Of a drive, 1 for A: and 0 for the current one; an error of the system. */
OVL_INLINE unsigned int _getdiskfree(unsigned int drive, struct _diskfree_t *to) {
    char root[4] = {(char)('@' + drive), ':', '\\', 0};
    if (!to || drive > 26) return 87;
    return ovl_disk_free(drive ? root : (const char *)0, &to->sectors_per_cluster, &to->bytes_per_sector, &to->avail_clusters,
                         &to->total_clusters)
               ? 0
               : ovl_disk_error();
}
OVL_END

/* chdir, getcwd, mkdir and rmdir are declared here too in Windows. */
#include "ovl/permissions.h"
#define OVL_WITHOUT_POSIX
#include <unistd.h>
#undef OVL_WITHOUT_POSIX

#endif
