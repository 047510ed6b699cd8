/* Names of POSIX that no C library for Windows has in these headers. Windows programs define them for themselves, so libc's
 * declarations get other names: between this and show.h. Macros that a program made of them before stay as they are. */
#pragma push_macro("OVL_WITHOUT_POSIX")
#undef OVL_WITHOUT_POSIX
#define OVL_WITHOUT_POSIX
#pragma push_macro("strsep")
#undef strsep
#define strsep ovl_libc_strsep
#pragma push_macro("strcasestr")
#undef strcasestr
#define strcasestr ovl_libc_strcasestr
#pragma push_macro("memmem")
#undef memmem
#define memmem ovl_libc_memmem
#pragma push_macro("memrchr")
#undef memrchr
#define memrchr ovl_libc_memrchr
#pragma push_macro("strchrnul")
#undef strchrnul
#define strchrnul ovl_libc_strchrnul
#pragma push_macro("rawmemchr")
#undef rawmemchr
#define rawmemchr ovl_libc_rawmemchr
#pragma push_macro("stpcpy")
#undef stpcpy
#define stpcpy ovl_libc_stpcpy
#pragma push_macro("stpncpy")
#undef stpncpy
#define stpncpy ovl_libc_stpncpy
#pragma push_macro("mempcpy")
#undef mempcpy
#define mempcpy ovl_libc_mempcpy
#pragma push_macro("strndup")
#undef strndup
#define strndup ovl_libc_strndup
#pragma push_macro("strsignal")
#undef strsignal
#define strsignal ovl_libc_strsignal
#pragma push_macro("strlcpy")
#undef strlcpy
#define strlcpy ovl_libc_strlcpy
#pragma push_macro("strlcat")
#undef strlcat
#define strlcat ovl_libc_strlcat
#pragma push_macro("strerror_r")
#undef strerror_r
#define strerror_r ovl_libc_strerror_r
#pragma push_macro("getline")
#undef getline
#define getline ovl_libc_getline
#pragma push_macro("getdelim")
#undef getdelim
#define getdelim ovl_libc_getdelim
#pragma push_macro("dprintf")
#undef dprintf
#define dprintf ovl_libc_dprintf
#pragma push_macro("vdprintf")
#undef vdprintf
#define vdprintf ovl_libc_vdprintf
#pragma push_macro("fmemopen")
#undef fmemopen
#define fmemopen ovl_libc_fmemopen
#pragma push_macro("open_memstream")
#undef open_memstream
#define open_memstream ovl_libc_open_memstream
#pragma push_macro("rand")
#undef rand
#define rand ovl_libc_rand
#pragma push_macro("srand")
#undef srand
#define srand ovl_libc_srand
#pragma push_macro("random")
#undef random
#define random ovl_libc_random
#pragma push_macro("srandom")
#undef srandom
#define srandom ovl_libc_srandom
#pragma push_macro("initstate")
#undef initstate
#define initstate ovl_libc_initstate
#pragma push_macro("setstate")
#undef setstate
#define setstate ovl_libc_setstate
#pragma push_macro("drand48")
#undef drand48
#define drand48 ovl_libc_drand48
#pragma push_macro("erand48")
#undef erand48
#define erand48 ovl_libc_erand48
#pragma push_macro("lrand48")
#undef lrand48
#define lrand48 ovl_libc_lrand48
#pragma push_macro("nrand48")
#undef nrand48
#define nrand48 ovl_libc_nrand48
#pragma push_macro("mrand48")
#undef mrand48
#define mrand48 ovl_libc_mrand48
#pragma push_macro("jrand48")
#undef jrand48
#define jrand48 ovl_libc_jrand48
#pragma push_macro("srand48")
#undef srand48
#define srand48 ovl_libc_srand48
#pragma push_macro("seed48")
#undef seed48
#define seed48 ovl_libc_seed48
#pragma push_macro("lcong48")
#undef lcong48
#define lcong48 ovl_libc_lcong48
#pragma push_macro("setenv")
#undef setenv
#define setenv ovl_libc_setenv
#pragma push_macro("unsetenv")
#undef unsetenv
#define unsetenv ovl_libc_unsetenv
#pragma push_macro("clearenv")
#undef clearenv
#define clearenv ovl_libc_clearenv
#pragma push_macro("realpath")
#undef realpath
#define realpath ovl_libc_realpath
#pragma push_macro("posix_memalign")
#undef posix_memalign
#define posix_memalign ovl_libc_posix_memalign
#pragma push_macro("reallocarray")
#undef reallocarray
#define reallocarray ovl_libc_reallocarray
#pragma push_macro("arc4random")
#undef arc4random
#define arc4random ovl_libc_arc4random
#pragma push_macro("arc4random_buf")
#undef arc4random_buf
#define arc4random_buf ovl_libc_arc4random_buf
#pragma push_macro("arc4random_uniform")
#undef arc4random_uniform
#define arc4random_uniform ovl_libc_arc4random_uniform
#pragma push_macro("getloadavg")
#undef getloadavg
#define getloadavg ovl_libc_getloadavg
#pragma push_macro("kill")
#undef kill
#define kill ovl_libc_kill
#pragma push_macro("killpg")
#undef killpg
#define killpg ovl_libc_killpg
#pragma push_macro("strptime")
#undef strptime
#define strptime ovl_libc_strptime
#pragma push_macro("timegm")
#undef timegm
#define timegm ovl_libc_timegm
#pragma push_macro("localtime_r")
#undef localtime_r
#define localtime_r ovl_libc_localtime_r
#pragma push_macro("gmtime_r")
#undef gmtime_r
#define gmtime_r ovl_libc_gmtime_r
#pragma push_macro("asctime_r")
#undef asctime_r
#define asctime_r ovl_libc_asctime_r
#pragma push_macro("ctime_r")
#undef ctime_r
#define ctime_r ovl_libc_ctime_r
#pragma push_macro("sleep")
#undef sleep
#define sleep ovl_libc_sleep
#pragma push_macro("usleep")
#undef usleep
#define usleep ovl_libc_usleep
#pragma push_macro("alarm")
#undef alarm
#define alarm ovl_libc_alarm
#pragma push_macro("pause")
#undef pause
#define pause ovl_libc_pause
#pragma push_macro("fork")
#undef fork
#define fork ovl_libc_fork
#pragma push_macro("vfork")
#undef vfork
#define vfork ovl_libc_vfork
#pragma push_macro("pipe")
#undef pipe
#define pipe ovl_libc_pipe
#pragma push_macro("link")
#undef link
#define link ovl_libc_link
#pragma push_macro("symlink")
#undef symlink
#define symlink ovl_libc_symlink
#pragma push_macro("readlink")
#undef readlink
#define readlink ovl_libc_readlink
#pragma push_macro("truncate")
#undef truncate
#define truncate ovl_libc_truncate
#pragma push_macro("ftruncate")
#undef ftruncate
#define ftruncate ovl_libc_ftruncate
#pragma push_macro("getpagesize")
#undef getpagesize
#define getpagesize ovl_libc_getpagesize
#pragma push_macro("daemon")
#undef daemon
#define daemon ovl_libc_daemon
#pragma push_macro("getuid")
#undef getuid
#define getuid ovl_libc_getuid
#pragma push_macro("geteuid")
#undef geteuid
#define geteuid ovl_libc_geteuid
#pragma push_macro("getgid")
#undef getgid
#define getgid ovl_libc_getgid
#pragma push_macro("getegid")
#undef getegid
#define getegid ovl_libc_getegid
#pragma push_macro("getppid")
#undef getppid
#define getppid ovl_libc_getppid
#pragma push_macro("getlogin")
#undef getlogin
#define getlogin ovl_libc_getlogin
#pragma push_macro("bzero")
#undef bzero
#define bzero ovl_libc_bzero
#pragma push_macro("bcopy")
#undef bcopy
#define bcopy ovl_libc_bcopy
#pragma push_macro("bcmp")
#undef bcmp
#define bcmp ovl_libc_bcmp
/* Names that Microsoft has too, where they take names of Windows. Our headers declare them so. */
#pragma push_macro("open")
#undef open
#define open ovl_libc_open
#pragma push_macro("creat")
#undef creat
#define creat ovl_libc_creat
#pragma push_macro("access")
#undef access
#define access ovl_libc_access
#pragma push_macro("unlink")
#undef unlink
#define unlink ovl_libc_unlink
#pragma push_macro("chdir")
#undef chdir
#define chdir ovl_libc_chdir
#pragma push_macro("getcwd")
#undef getcwd
#define getcwd ovl_libc_getcwd
#pragma push_macro("rmdir")
#undef rmdir
#define rmdir ovl_libc_rmdir
#pragma push_macro("mkdir")
#undef mkdir
#define mkdir ovl_libc_mkdir
#pragma push_macro("chmod")
#undef chmod
#define chmod ovl_libc_chmod
#ifdef OVL_WINDOWS_ONLY_H
#include "hide_posix.h"
#endif
