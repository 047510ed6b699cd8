/* `ovl cc --windows-only`: of libc's headers these functions are hidden, too, so that programs may have their own. With hide.h, until show.h. */
#pragma push_macro("canonicalize_file_name")
#undef canonicalize_file_name
#define canonicalize_file_name ovl_libc_canonicalize_file_name
#pragma push_macro("chown")
#undef chown
#define chown ovl_libc_chown
#pragma push_macro("chroot")
#undef chroot
#define chroot ovl_libc_chroot
#pragma push_macro("clock_adjtime")
#undef clock_adjtime
#define clock_adjtime ovl_libc_clock_adjtime
#pragma push_macro("clock_getcpuclockid")
#undef clock_getcpuclockid
#define clock_getcpuclockid ovl_libc_clock_getcpuclockid
#pragma push_macro("close_range")
#undef close_range
#define close_range ovl_libc_close_range
#pragma push_macro("closefrom")
#undef closefrom
#define closefrom ovl_libc_closefrom
#pragma push_macro("confstr")
#undef confstr
#define confstr ovl_libc_confstr
#pragma push_macro("copy_file_range")
#undef copy_file_range
#define copy_file_range ovl_libc_copy_file_range
#pragma push_macro("ctermid")
#undef ctermid
#define ctermid ovl_libc_ctermid
#pragma push_macro("cuserid")
#undef cuserid
#define cuserid ovl_libc_cuserid
#pragma push_macro("drand48_r")
#undef drand48_r
#define drand48_r ovl_libc_drand48_r
#pragma push_macro("dup3")
#undef dup3
#define dup3 ovl_libc_dup3
#pragma push_macro("eaccess")
#undef eaccess
#define eaccess ovl_libc_eaccess
#pragma push_macro("ecvt_r")
#undef ecvt_r
#define ecvt_r ovl_libc_ecvt_r
#pragma push_macro("endusershell")
#undef endusershell
#define endusershell ovl_libc_endusershell
#pragma push_macro("erand48_r")
#undef erand48_r
#define erand48_r ovl_libc_erand48_r
#pragma push_macro("euidaccess")
#undef euidaccess
#define euidaccess ovl_libc_euidaccess
#pragma push_macro("execveat")
#undef execveat
#define execveat ovl_libc_execveat
#pragma push_macro("explicit_bzero")
#undef explicit_bzero
#define explicit_bzero ovl_libc_explicit_bzero
#pragma push_macro("faccessat")
#undef faccessat
#define faccessat ovl_libc_faccessat
#pragma push_macro("fchdir")
#undef fchdir
#define fchdir ovl_libc_fchdir
#pragma push_macro("fchmod")
#undef fchmod
#define fchmod ovl_libc_fchmod
#pragma push_macro("fchmodat")
#undef fchmodat
#define fchmodat ovl_libc_fchmodat
#pragma push_macro("fchown")
#undef fchown
#define fchown ovl_libc_fchown
#pragma push_macro("fchownat")
#undef fchownat
#define fchownat ovl_libc_fchownat
#pragma push_macro("fcvt_r")
#undef fcvt_r
#define fcvt_r ovl_libc_fcvt_r
#pragma push_macro("fdatasync")
#undef fdatasync
#define fdatasync ovl_libc_fdatasync
#pragma push_macro("fexecve")
#undef fexecve
#define fexecve ovl_libc_fexecve
#pragma push_macro("fopencookie")
#undef fopencookie
#define fopencookie ovl_libc_fopencookie
#pragma push_macro("fpathconf")
#undef fpathconf
#define fpathconf ovl_libc_fpathconf
#pragma push_macro("fstatat")
#undef fstatat
#define fstatat ovl_libc_fstatat
#pragma push_macro("fsync")
#undef fsync
#define fsync ovl_libc_fsync
#pragma push_macro("futimens")
#undef futimens
#define futimens ovl_libc_futimens
#pragma push_macro("get_current_dir_name")
#undef get_current_dir_name
#define get_current_dir_name ovl_libc_get_current_dir_name
#pragma push_macro("getdate")
#undef getdate
#define getdate ovl_libc_getdate
#pragma push_macro("getdate_r")
#undef getdate_r
#define getdate_r ovl_libc_getdate_r
#pragma push_macro("getdomainname")
#undef getdomainname
#define getdomainname ovl_libc_getdomainname
#pragma push_macro("getdtablesize")
#undef getdtablesize
#define getdtablesize ovl_libc_getdtablesize
#pragma push_macro("getentropy")
#undef getentropy
#define getentropy ovl_libc_getentropy
#pragma push_macro("getgroups")
#undef getgroups
#define getgroups ovl_libc_getgroups
#pragma push_macro("gethostid")
#undef gethostid
#define gethostid ovl_libc_gethostid
#pragma push_macro("getlogin_r")
#undef getlogin_r
#define getlogin_r ovl_libc_getlogin_r
#pragma push_macro("getpass")
#undef getpass
#define getpass ovl_libc_getpass
#pragma push_macro("getpgid")
#undef getpgid
#define getpgid ovl_libc_getpgid
#pragma push_macro("getpgrp")
#undef getpgrp
#define getpgrp ovl_libc_getpgrp
#pragma push_macro("getpt")
#undef getpt
#define getpt ovl_libc_getpt
#pragma push_macro("getresgid")
#undef getresgid
#define getresgid ovl_libc_getresgid
#pragma push_macro("getresuid")
#undef getresuid
#define getresuid ovl_libc_getresuid
#pragma push_macro("getsid")
#undef getsid
#define getsid ovl_libc_getsid
#pragma push_macro("getsubopt")
#undef getsubopt
#define getsubopt ovl_libc_getsubopt
#pragma push_macro("gettid")
#undef gettid
#define gettid ovl_libc_gettid
#pragma push_macro("getusershell")
#undef getusershell
#define getusershell ovl_libc_getusershell
#pragma push_macro("getwd")
#undef getwd
#define getwd ovl_libc_getwd
#pragma push_macro("grantpt")
#undef grantpt
#define grantpt ovl_libc_grantpt
#pragma push_macro("jrand48_r")
#undef jrand48_r
#define jrand48_r ovl_libc_jrand48_r
#pragma push_macro("lchmod")
#undef lchmod
#define lchmod ovl_libc_lchmod
#pragma push_macro("lchown")
#undef lchown
#define lchown ovl_libc_lchown
#pragma push_macro("lcong48_r")
#undef lcong48_r
#define lcong48_r ovl_libc_lcong48_r
#pragma push_macro("linkat")
#undef linkat
#define linkat ovl_libc_linkat
#pragma push_macro("lockf")
#undef lockf
#define lockf ovl_libc_lockf
#pragma push_macro("lrand48_r")
#undef lrand48_r
#define lrand48_r ovl_libc_lrand48_r
#pragma push_macro("lstat")
#undef lstat
#define lstat ovl_libc_lstat
#pragma push_macro("mkdirat")
#undef mkdirat
#define mkdirat ovl_libc_mkdirat
#pragma push_macro("mkdtemp")
#undef mkdtemp
#define mkdtemp ovl_libc_mkdtemp
#pragma push_macro("mkfifo")
#undef mkfifo
#define mkfifo ovl_libc_mkfifo
#pragma push_macro("mkfifoat")
#undef mkfifoat
#define mkfifoat ovl_libc_mkfifoat
#pragma push_macro("mknod")
#undef mknod
#define mknod ovl_libc_mknod
#pragma push_macro("mknodat")
#undef mknodat
#define mknodat ovl_libc_mknodat
#pragma push_macro("mkostemp")
#undef mkostemp
#define mkostemp ovl_libc_mkostemp
#pragma push_macro("mkostemps")
#undef mkostemps
#define mkostemps ovl_libc_mkostemps
#pragma push_macro("mkstemps")
#undef mkstemps
#define mkstemps ovl_libc_mkstemps
#pragma push_macro("mrand48_r")
#undef mrand48_r
#define mrand48_r ovl_libc_mrand48_r
#pragma push_macro("name_to_handle_at")
#undef name_to_handle_at
#define name_to_handle_at ovl_libc_name_to_handle_at
#pragma push_macro("nrand48_r")
#undef nrand48_r
#define nrand48_r ovl_libc_nrand48_r
#pragma push_macro("open_by_handle_at")
#undef open_by_handle_at
#define open_by_handle_at ovl_libc_open_by_handle_at
#pragma push_macro("openat")
#undef openat
#define openat ovl_libc_openat
#pragma push_macro("pathconf")
#undef pathconf
#define pathconf ovl_libc_pathconf
#pragma push_macro("pipe2")
#undef pipe2
#define pipe2 ovl_libc_pipe2
#pragma push_macro("posix_fadvise")
#undef posix_fadvise
#define posix_fadvise ovl_libc_posix_fadvise
#pragma push_macro("posix_fallocate")
#undef posix_fallocate
#define posix_fallocate ovl_libc_posix_fallocate
#pragma push_macro("posix_openpt")
#undef posix_openpt
#define posix_openpt ovl_libc_posix_openpt
#pragma push_macro("pread")
#undef pread
#define pread ovl_libc_pread
#pragma push_macro("pselect")
#undef pselect
#define pselect ovl_libc_pselect
#pragma push_macro("psiginfo")
#undef psiginfo
#define psiginfo ovl_libc_psiginfo
#pragma push_macro("psignal")
#undef psignal
#define psignal ovl_libc_psignal
#pragma push_macro("ptsname")
#undef ptsname
#define ptsname ovl_libc_ptsname
#pragma push_macro("ptsname_r")
#undef ptsname_r
#define ptsname_r ovl_libc_ptsname_r
#pragma push_macro("pwrite")
#undef pwrite
#define pwrite ovl_libc_pwrite
#pragma push_macro("qecvt")
#undef qecvt
#define qecvt ovl_libc_qecvt
#pragma push_macro("qecvt_r")
#undef qecvt_r
#define qecvt_r ovl_libc_qecvt_r
#pragma push_macro("qfcvt")
#undef qfcvt
#define qfcvt ovl_libc_qfcvt
#pragma push_macro("qfcvt_r")
#undef qfcvt_r
#define qfcvt_r ovl_libc_qfcvt_r
#pragma push_macro("qgcvt")
#undef qgcvt
#define qgcvt ovl_libc_qgcvt
#pragma push_macro("qsort_r")
#undef qsort_r
#define qsort_r ovl_libc_qsort_r
#pragma push_macro("rand_r")
#undef rand_r
#define rand_r ovl_libc_rand_r
#pragma push_macro("random_r")
#undef random_r
#define random_r ovl_libc_random_r
#pragma push_macro("readahead")
#undef readahead
#define readahead ovl_libc_readahead
#pragma push_macro("readlinkat")
#undef readlinkat
#define readlinkat ovl_libc_readlinkat
#pragma push_macro("renameat")
#undef renameat
#define renameat ovl_libc_renameat
#pragma push_macro("renameat2")
#undef renameat2
#define renameat2 ovl_libc_renameat2
#pragma push_macro("secure_getenv")
#undef secure_getenv
#define secure_getenv ovl_libc_secure_getenv
#pragma push_macro("seed48_r")
#undef seed48_r
#define seed48_r ovl_libc_seed48_r
#pragma push_macro("setbuffer")
#undef setbuffer
#define setbuffer ovl_libc_setbuffer
#pragma push_macro("setdomainname")
#undef setdomainname
#define setdomainname ovl_libc_setdomainname
#pragma push_macro("setegid")
#undef setegid
#define setegid ovl_libc_setegid
#pragma push_macro("seteuid")
#undef seteuid
#define seteuid ovl_libc_seteuid
#pragma push_macro("setgid")
#undef setgid
#define setgid ovl_libc_setgid
#pragma push_macro("sethostid")
#undef sethostid
#define sethostid ovl_libc_sethostid
#pragma push_macro("sethostname")
#undef sethostname
#define sethostname ovl_libc_sethostname
#pragma push_macro("setlinebuf")
#undef setlinebuf
#define setlinebuf ovl_libc_setlinebuf
#pragma push_macro("setlogin")
#undef setlogin
#define setlogin ovl_libc_setlogin
#pragma push_macro("setpgid")
#undef setpgid
#define setpgid ovl_libc_setpgid
#pragma push_macro("setpgrp")
#undef setpgrp
#define setpgrp ovl_libc_setpgrp
#pragma push_macro("setregid")
#undef setregid
#define setregid ovl_libc_setregid
#pragma push_macro("setresgid")
#undef setresgid
#define setresgid ovl_libc_setresgid
#pragma push_macro("setresuid")
#undef setresuid
#define setresuid ovl_libc_setresuid
#pragma push_macro("setreuid")
#undef setreuid
#define setreuid ovl_libc_setreuid
#pragma push_macro("setsid")
#undef setsid
#define setsid ovl_libc_setsid
#pragma push_macro("setuid")
#undef setuid
#define setuid ovl_libc_setuid
#pragma push_macro("setusershell")
#undef setusershell
#define setusershell ovl_libc_setusershell
#pragma push_macro("sigabbrev_np")
#undef sigabbrev_np
#define sigabbrev_np ovl_libc_sigabbrev_np
#pragma push_macro("sigaction")
#undef sigaction
#define sigaction ovl_libc_sigaction
#pragma push_macro("sigaddset")
#undef sigaddset
#define sigaddset ovl_libc_sigaddset
#pragma push_macro("sigaltstack")
#undef sigaltstack
#define sigaltstack ovl_libc_sigaltstack
#pragma push_macro("sigandset")
#undef sigandset
#define sigandset ovl_libc_sigandset
#pragma push_macro("sigdelset")
#undef sigdelset
#define sigdelset ovl_libc_sigdelset
#pragma push_macro("sigdescr_np")
#undef sigdescr_np
#define sigdescr_np ovl_libc_sigdescr_np
#pragma push_macro("sigemptyset")
#undef sigemptyset
#define sigemptyset ovl_libc_sigemptyset
#pragma push_macro("sigfillset")
#undef sigfillset
#define sigfillset ovl_libc_sigfillset
#pragma push_macro("sighold")
#undef sighold
#define sighold ovl_libc_sighold
#pragma push_macro("sigignore")
#undef sigignore
#define sigignore ovl_libc_sigignore
#pragma push_macro("siginterrupt")
#undef siginterrupt
#define siginterrupt ovl_libc_siginterrupt
#pragma push_macro("sigisemptyset")
#undef sigisemptyset
#define sigisemptyset ovl_libc_sigisemptyset
#pragma push_macro("sigismember")
#undef sigismember
#define sigismember ovl_libc_sigismember
#pragma push_macro("sigorset")
#undef sigorset
#define sigorset ovl_libc_sigorset
#pragma push_macro("sigpause")
#undef sigpause
#define sigpause ovl_libc_sigpause
#pragma push_macro("sigpending")
#undef sigpending
#define sigpending ovl_libc_sigpending
#pragma push_macro("sigprocmask")
#undef sigprocmask
#define sigprocmask ovl_libc_sigprocmask
#pragma push_macro("sigqueue")
#undef sigqueue
#define sigqueue ovl_libc_sigqueue
#pragma push_macro("sigrelse")
#undef sigrelse
#define sigrelse ovl_libc_sigrelse
#pragma push_macro("sigset")
#undef sigset
#define sigset ovl_libc_sigset
#pragma push_macro("sigsuspend")
#undef sigsuspend
#define sigsuspend ovl_libc_sigsuspend
#pragma push_macro("sigtimedwait")
#undef sigtimedwait
#define sigtimedwait ovl_libc_sigtimedwait
#pragma push_macro("sigwait")
#undef sigwait
#define sigwait ovl_libc_sigwait
#pragma push_macro("sigwaitinfo")
#undef sigwaitinfo
#define sigwaitinfo ovl_libc_sigwaitinfo
#pragma push_macro("srand48_r")
#undef srand48_r
#define srand48_r ovl_libc_srand48_r
#pragma push_macro("srandom_r")
#undef srandom_r
#define srandom_r ovl_libc_srandom_r
#pragma push_macro("statx")
#undef statx
#define statx ovl_libc_statx
#pragma push_macro("strerrordesc_np")
#undef strerrordesc_np
#define strerrordesc_np ovl_libc_strerrordesc_np
#pragma push_macro("strerrorname_np")
#undef strerrorname_np
#define strerrorname_np ovl_libc_strerrorname_np
#pragma push_macro("strverscmp")
#undef strverscmp
#define strverscmp ovl_libc_strverscmp
#pragma push_macro("symlinkat")
#undef symlinkat
#define symlinkat ovl_libc_symlinkat
#pragma push_macro("sync")
#undef sync
#define sync ovl_libc_sync
#pragma push_macro("sync_file_range")
#undef sync_file_range
#define sync_file_range ovl_libc_sync_file_range
#pragma push_macro("syncfs")
#undef syncfs
#define syncfs ovl_libc_syncfs
#pragma push_macro("sysconf")
#undef sysconf
#define sysconf ovl_libc_sysconf
#pragma push_macro("tcgetpgrp")
#undef tcgetpgrp
#define tcgetpgrp ovl_libc_tcgetpgrp
#pragma push_macro("tcsetpgrp")
#undef tcsetpgrp
#define tcsetpgrp ovl_libc_tcsetpgrp
#pragma push_macro("tgkill")
#undef tgkill
#define tgkill ovl_libc_tgkill
#pragma push_macro("timelocal")
#undef timelocal
#define timelocal ovl_libc_timelocal
#pragma push_macro("timer_create")
#undef timer_create
#define timer_create ovl_libc_timer_create
#pragma push_macro("timer_delete")
#undef timer_delete
#define timer_delete ovl_libc_timer_delete
#pragma push_macro("timer_getoverrun")
#undef timer_getoverrun
#define timer_getoverrun ovl_libc_timer_getoverrun
#pragma push_macro("timer_gettime")
#undef timer_gettime
#define timer_gettime ovl_libc_timer_gettime
#pragma push_macro("timer_settime")
#undef timer_settime
#define timer_settime ovl_libc_timer_settime
#pragma push_macro("tmpnam_r")
#undef tmpnam_r
#define tmpnam_r ovl_libc_tmpnam_r
#pragma push_macro("ttyname")
#undef ttyname
#define ttyname ovl_libc_ttyname
#pragma push_macro("ttyname_r")
#undef ttyname_r
#define ttyname_r ovl_libc_ttyname_r
#pragma push_macro("ttyslot")
#undef ttyslot
#define ttyslot ovl_libc_ttyslot
#pragma push_macro("ualarm")
#undef ualarm
#define ualarm ovl_libc_ualarm
#pragma push_macro("unlinkat")
#undef unlinkat
#define unlinkat ovl_libc_unlinkat
#pragma push_macro("unlockpt")
#undef unlockpt
#define unlockpt ovl_libc_unlockpt
#pragma push_macro("utimensat")
#undef utimensat
#define utimensat ovl_libc_utimensat
#pragma push_macro("valloc")
#undef valloc
#define valloc ovl_libc_valloc
#pragma push_macro("vhangup")
#undef vhangup
#define vhangup ovl_libc_vhangup
#pragma push_macro("vmsplice")
#undef vmsplice
#define vmsplice ovl_libc_vmsplice
