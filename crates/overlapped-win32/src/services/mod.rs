//! `winsvc.h`: services.
//!
//! There is no control manager of Windows, and no process in its place. What it does is divided like this:
//!
//! | Module | Does |
//! |---|---|
//! | `register` | which services there are: a file for each in the user's configuration directory |
//! | `running` | what a service says of itself: a file in the run-time directory, locked by the process that runs it |
//! | `handles` | SC_HANDLE and the rights in it |
//! | `manage` | CreateService, DeleteService, ChangeServiceConfig, QueryServiceConfig |
//! | `packed` | structures whose texts stand behind them |
//! | `start` | StartService, ControlService, QueryServiceStatus |
//! | `list` | EnumServicesStatus and its like |
//! | `summons` | whether this process was started as a service, and by whom |
//! | `dispatcher` | StartServiceCtrlDispatcher, RegisterServiceCtrlHandler, SetServiceStatus |
//!
//! A service is a process: StartService starts the program as a process of its own that outlives the caller, with the name in its environment, and
//! waits until it has called StartServiceCtrlDispatcher. ControlService reaches it through a named pipe of ours. systemd may start it just as well
//! (`summons`). That a service has died is told by its lock, which Linux takes away with the process, so nobody has to watch.
//!
//! The drawbacks: nothing starts a service with the machine but what Linux has for that, and nothing starts one again that has failed; each
//! runs with the rights of its user, whatever its account is said to be.

mod dispatcher;
mod handles;
mod list;
mod manage;
mod packed;
mod register;
mod running;
mod start;
mod summons;

pub use dispatcher::*;
pub use handles::*;
pub use list::*;
pub use manage::*;
pub use start::*;

use overlapped_abi::Win32Error;

/// ERROR_DEPENDENT_SERVICES_RUNNING.
const DEPENDENTS_RUNNING: Win32Error = Win32Error(1051);
/// ERROR_INVALID_SERVICE_CONTROL.
const INVALID_CONTROL: Win32Error = Win32Error(1052);
/// ERROR_SERVICE_REQUEST_TIMEOUT.
const REQUEST_TIMEOUT: Win32Error = Win32Error(1053);
/// ERROR_SERVICE_ALREADY_RUNNING.
const ALREADY_RUNNING: Win32Error = Win32Error(1056);
/// ERROR_SERVICE_DISABLED.
const DISABLED: Win32Error = Win32Error(1058);
/// ERROR_SERVICE_DOES_NOT_EXIST.
const DOES_NOT_EXIST: Win32Error = Win32Error(1060);
/// ERROR_SERVICE_CANNOT_ACCEPT_CTRL.
const CANNOT_ACCEPT: Win32Error = Win32Error(1061);
/// ERROR_SERVICE_NOT_ACTIVE.
const NOT_ACTIVE: Win32Error = Win32Error(1062);
/// ERROR_FAILED_SERVICE_CONTROLLER_CONNECT.
const NOT_A_SERVICE: Win32Error = Win32Error(1063);
/// ERROR_DATABASE_DOES_NOT_EXIST.
const NO_DATABASE: Win32Error = Win32Error(1065);
/// ERROR_SERVICE_DEPENDENCY_FAIL.
const DEPENDENCY_FAILED: Win32Error = Win32Error(1068);
/// ERROR_SERVICE_MARKED_FOR_DELETE.
const MARKED_FOR_DELETE: Win32Error = Win32Error(1072);
/// ERROR_SERVICE_EXISTS.
const EXISTS: Win32Error = Win32Error(1073);
/// ERROR_DUPLICATE_SERVICE_NAME.
const DUPLICATE_NAME: Win32Error = Win32Error(1078);
/// ERROR_SERVICE_NOT_IN_EXE.
const NOT_IN_PROGRAM: Win32Error = Win32Error(1083);
/// ERROR_INVALID_DATA.
const INVALID_DATA: Win32Error = Win32Error(13);
/// ERROR_INVALID_LEVEL.
const INVALID_LEVEL: Win32Error = Win32Error(124);
/// ERROR_INVALID_NAME.
const INVALID_NAME: Win32Error = Win32Error(123);

/// SERVICE_STOPPED and its like.
mod state {
    pub const STOPPED: u32 = 1;
    pub const START_PENDING: u32 = 2;
    pub const STOP_PENDING: u32 = 3;
    pub const RUNNING: u32 = 4;
    pub const PAUSED: u32 = 7;
}

/// SERVICE_CONTROL_STOP and its like.
mod code {
    pub const STOP: u32 = 1;
    pub const PAUSE: u32 = 2;
    pub const CONTINUE: u32 = 3;
    pub const INTERROGATE: u32 = 4;
    pub const SHUTDOWN: u32 = 5;
    pub const PARAMETERS: u32 = 6;
    pub const NET_BIND_DISABLE: u32 = 10;
    pub const PRESHUTDOWN: u32 = 15;
}

/// SERVICE_ACCEPT_STOP and its like.
mod accept {
    pub const STOP: u32 = 0x1;
    pub const PAUSE_CONTINUE: u32 = 0x2;
    pub const SHUTDOWN: u32 = 0x4;
    pub const PARAMETERS: u32 = 0x8;
    pub const NET_BIND: u32 = 0x10;
    pub const PRESHUTDOWN: u32 = 0x100;
}

/// SERVICE_WIN32_OWN_PROCESS and SERVICE_WIN32_SHARE_PROCESS.
const PROGRAMS: u32 = 0x30;
/// SERVICE_INTERACTIVE_PROCESS.
const INTERACTIVE: u32 = 0x100;

/// SERVICE_STATUS, 28 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceStatus {
    /// `dwServiceType`.
    pub kind: u32,
    /// `dwCurrentState`.
    pub state: u32,
    /// `dwControlsAccepted`.
    pub accepted: u32,
    /// `dwWin32ExitCode`.
    pub exit_code: u32,
    /// `dwServiceSpecificExitCode`.
    pub specific: u32,
    /// `dwCheckPoint`.
    pub checkpoint: u32,
    /// `dwWaitHint`, in milliseconds.
    pub wait_hint: u32,
}

/// SERVICE_STATUS_PROCESS, 36 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceStatusProcess {
    /// What SERVICE_STATUS has.
    pub status: ServiceStatus,
    /// `dwProcessId`; 0 for a service that is stopped.
    pub process: u32,
    /// `dwServiceFlags`.
    pub flags: u32,
}

const _: () = assert!(size_of::<ServiceStatus>() == 28 && size_of::<ServiceStatusProcess>() == 36);

#[cfg(test)]
mod tests;
