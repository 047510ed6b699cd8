/* libc's struct stat, whose times are members (st_mtime) as on Windows, and no macros: programs have members of these names, too. */
#pragma GCC system_header
#pragma push_macro("__USE_XOPEN2K8")
#undef __USE_XOPEN2K8
#include_next <bits/struct_stat.h>
#pragma pop_macro("__USE_XOPEN2K8")
