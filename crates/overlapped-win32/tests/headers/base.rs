//! Structures and constants of the base API that `overlapped-abi` does not have: they are those of `windows-sys`.

use crate::values::assert_in_c;
use std::fmt::Write as _;
use windows_sys::Win32::Foundation as errors;
use windows_sys::Win32::Networking::WinSock as sockets;
use windows_sys::Win32::Storage::FileSystem as files;
use windows_sys::Win32::System::Console as console;
use windows_sys::Win32::System::Memory as memory;
use windows_sys::Win32::System::ProcessStatus as status;
use windows_sys::Win32::System::RemoteDesktop as sessions;
use windows_sys::Win32::System::StationsAndDesktops as stations;
use windows_sys::Win32::System::SystemInformation as machine;
use windows_sys::Win32::System::SystemServices as services;
use windows_sys::Win32::System::Threading as threads;
use windows_sys::Win32::System::Time as time;

const HEADERS: &str = "#include <psapi.h>\n#include <wtsapi32.h>\n#include <werapi.h>\n#include <appmodel.h>\n";

#[test]
fn structures_are_laid_out_as_in_windows_sys() {
    let mut text = HEADERS.to_owned();
    macro_rules! layouts {
        ($($module:ident :: $name:ident { $($field:ident)* })+) => {
            $(
                let size = size_of::<$module::$name>();
                writeln!(text, "_Static_assert(sizeof({0}) == {size}, \"{0}\");", stringify!($name)).unwrap();
                $(
                    let at = std::mem::offset_of!($module::$name, $field);
                    let (name, field) = (stringify!($name), stringify!($field));
                    writeln!(text, "_Static_assert(offsetof({name}, {field}) == {at}, \"{name}.{field}\");").unwrap();
                )*
            )+
        };
    }
    layouts! {
        memory::MEM_ADDRESS_REQUIREMENTS { HighestEndingAddress Alignment }
        memory::MEM_EXTENDED_PARAMETER {}
        memory::WIN32_MEMORY_RANGE_ENTRY { NumberOfBytes }
        memory::MEMORY_BASIC_INFORMATION { RegionSize Type }
        memory::PROCESS_HEAP_ENTRY { cbData cbOverhead iRegionIndex wFlags }
        memory::HEAP_SUMMARY { cbAllocated cbMaxReserve }
        status::PSAPI_WORKING_SET_INFORMATION { WorkingSetInfo }
        status::PSAPI_WORKING_SET_EX_INFORMATION { VirtualAttributes }
        status::PERFORMANCE_INFORMATION { CommitTotal PageSize HandleCount ThreadCount }
        status::ENUM_PAGE_FILE_INFORMATION { TotalSize PeakUsage }
        sessions::WTS_SESSION_INFOA { pWinStationName State }
        sessions::WTS_SESSION_INFOW { pWinStationName State }
        sessions::WTS_PROCESS_INFOA { ProcessId pProcessName pUserSid }
        sessions::WTS_PROCESS_INFO_EXW { pUserSid NumberOfThreads WorkingSetSize UserTime KernelTime }
        machine::SYSTEM_CPU_SET_INFORMATION { Size Type }
        machine::SYSTEM_PROCESSOR_CYCLE_TIME_INFORMATION { CycleTime }
        threads::MEMORY_PRIORITY_INFORMATION { MemoryPriority }
        threads::THREAD_POWER_THROTTLING_STATE { ControlMask StateMask }
        threads::PROCESS_POWER_THROTTLING_STATE { ControlMask StateMask }
        threads::APP_MEMORY_INFORMATION { PrivateCommitUsage TotalCommitUsage }
        threads::PROCESS_PROTECTION_LEVEL_INFORMATION { ProtectionLevel }
        threads::PROCESS_LEAP_SECOND_INFO { Flags Reserved }
        threads::PROCESS_MACHINE_INFORMATION { ProcessMachine MachineAttributes }
        time::DYNAMIC_TIME_ZONE_INFORMATION { DaylightDate TimeZoneKeyName DynamicDaylightTimeDisabled }
        console::CONSOLE_HISTORY_INFO { HistoryBufferSize NumberOfHistoryBuffers dwFlags }
        files::OFSTRUCT { fFixedDisk nErrCode szPathName }
        stations::USEROBJECTFLAGS { fReserved dwFlags }
        services::PROCESS_MITIGATION_ASLR_POLICY {}
        services::PROCESS_MITIGATION_DYNAMIC_CODE_POLICY {}
        services::PROCESS_MITIGATION_CHILD_PROCESS_POLICY {}
        services::PROCESS_MITIGATION_STRICT_HANDLE_CHECK_POLICY {}
    }
    assert_in_c("base-layouts", &text);
}

#[test]
fn constants_have_the_values_of_windows_sys() {
    let mut text = HEADERS.to_owned();
    macro_rules! values {
        ($($module:ident { $($name:ident)+ })+) => {
            $($(
                let value = $module::$name as i64 as u32;
                writeln!(text, "_Static_assert((unsigned)({0}) == {value}u, \"{0}\");", stringify!($name)).unwrap();
            )+)+
        };
    }
    values! {
        memory {
            MEM_RESERVE_PLACEHOLDER MEM_REPLACE_PLACEHOLDER MEM_PRESERVE_PLACEHOLDER FILE_CACHE_MAX_HARD_ENABLE FILE_CACHE_MIN_HARD_DISABLE
            MEM_UNMAP_WITH_TRANSIENT_BOOST MEM_RESET_UNDO MEM_LARGE_PAGES MemExtendedParameterAddressRequirements MemExtendedParameterNumaNode
            MemExtendedParameterPartitionHandle MemExtendedParameterUserPhysicalHandle MemExtendedParameterAttributeFlags
            VmOfferPriorityVeryLow VmOfferPriorityNormal LowMemoryResourceNotification HighMemoryResourceNotification
            HeapCompatibilityInformation HeapEnableTerminationOnCorruption
        }
        services { MEM_WRITE_WATCH MEM_COALESCE_PLACEHOLDERS WRITE_WATCH_FLAG_RESET }
        sessions {
            WTSActive WTSDisconnected WTSInit WTSSessionId WTSUserName WTSWinStationName WTSDomainName WTSConnectState WTSClientProtocolType
            WTSIsRemoteSession WTSTypeSessionInfoLevel1 WTS_CURRENT_SESSION
        }
        machine { FirmwareTypeBios FirmwareTypeUefi DEPPolicyAlwaysOn DEPPolicyOptIn PRODUCT_PROFESSIONAL PRODUCT_ENTERPRISE CpuSetInformation }
        threads {
            ThreadMemoryPriority ThreadAbsoluteCpuPriority ThreadDynamicCodePolicy ThreadPowerThrottling ProcessMemoryPriority
            ProcessAppMemoryInfo ProcessPowerThrottling ProcessProtectionLevelInfo ProcessLeapSecondInfo ProcessMachineTypeInfo
            MEMORY_PRIORITY_VERY_LOW MEMORY_PRIORITY_NORMAL PROTECTION_LEVEL_NONE ProcessDEPPolicy ProcessDynamicCodePolicy
            ProcessExtensionPointDisablePolicy ProcessImageLoadPolicy ProcessChildProcessPolicy ProcessSEHOPPolicy MaxProcessMitigationPolicy
            UserEnabled KernelEnabled Wow64Container PROCESS_DEP_ENABLE PROCESS_AFFINITY_ENABLE_AUTO_UPDATE
        }
        console { HISTORY_NO_DUP_FLAG CONSOLE_FULLSCREEN_MODE CONSOLE_WINDOWED_MODE }
        files { OF_READ OF_READWRITE OF_SHARE_EXCLUSIVE OF_SHARE_DENY_NONE OF_PARSE OF_DELETE OF_CREATE OF_EXIST OF_REOPEN }
        errors { ERROR_ITERATED_DATA_EXCEEDS_64k ERROR_AUTODATASEG_EXCEEDS_64k }
        sockets {
            IPPROTO_HOPOPTS IPPROTO_GGP IPPROTO_IPV4 IPPROTO_ST IPPROTO_CBT IPPROTO_EGP IPPROTO_IGP IPPROTO_PUP IPPROTO_IDP IPPROTO_RDP
            IPPROTO_ROUTING IPPROTO_FRAGMENT IPPROTO_ESP IPPROTO_AH IPPROTO_NONE IPPROTO_DSTOPTS IPPROTO_ND IPPROTO_ICLFXBM IPPROTO_PIM
            IPPROTO_PGM IPPROTO_L2TP IPPROTO_SCTP
        }
        stations { UOI_FLAGS UOI_NAME UOI_TYPE UOI_USER_SID UOI_IO }
    }
    assert_in_c("base-constants", &text);
}

/// What programs take from the headers of Microsoft's C library, and what they must not find there.
#[test]
fn the_headers_of_the_c_library_have_what_programs_take_from_them() {
    let text = "#include <wchar.h>\n#include <io.h>\n#include <fcntl.h>\n#include <sys/stat.h>\n#include <locale.h>\n#include <errno.h>\n\
        #include <process.h>\n#include <stdlib.h>\n#include <string.h>\n#include <winsock2.h>\n\
        #if defined(_POSIX_THREADS) || defined(_POSIX_VERSION) || defined(st_mtime) || defined(WNOHANG) || defined(WIFEXITED)\n#error\n#endif\n\
        struct own { int st_mode; long long st_atime; int st_atime_nsec; long long st_mtime, st_ctime; };\n\
        long long times(const struct stat *of) { return of->st_atime + of->st_mtime + of->st_ctime; }\n\
        int (*const flush)(int) = _commit;\n\
        wchar_t *(*const directory)(wchar_t *, int) = _wgetcwd;\n\
        wchar_t *sign(void) { return localeconv()->_W_negative_sign; }\n\
        int blank(wchar_t unit) { return iswspace(unit); }\n\
        #undef EOPNOTSUPP\n\
        int supported(void) { return ENOTSUP; }\n\
        _Static_assert(O_NOINHERIT == _O_NOINHERIT && O_TEMPORARY == _O_TEMPORARY, \"flags\");\n\
        _Static_assert(LC_MIN <= LC_CTYPE && LC_MAX >= LC_TIME, \"categories\");\n\
        _Static_assert(_OLD_P_OVERLAY == 2 && _MAX_ENV == 32767, \"sizes\");\n\
        _Static_assert(IsReparseTagNameSurrogate(IO_REPARSE_TAG_SYMLINK), \"tags\");\n\
        _Static_assert(IPPROTO_PGM == 113 && IPPROTO_L2TP == 115 && IPPROTO_SCTP == 132, \"protocols\");\n\
        #include <unistd.h>\n#include <sys/wait.h>\n#if !defined(_POSIX_THREADS) || !defined(WNOHANG) || !defined(WIFEXITED)\n#error\n#endif\n";
    assert_in_c("c-library", text);
    for header in ["stdlib.h", "process.h"] {
        assert_in_c(&format!("leaving-{header}"), &format!("#include <{header}>\nvoid leave(void) {{ _exit(3); }}\n"));
    }
}
