//! Structures and constants of the base API that `overlapped-abi` does not have: they are those of `windows-sys`.

use crate::values::assert_in_c;
use std::fmt::Write as _;
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
        stations { UOI_FLAGS UOI_NAME UOI_TYPE UOI_USER_SID UOI_IO }
    }
    assert_in_c("base-constants", &text);
}
