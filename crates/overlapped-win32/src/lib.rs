//! The C face: the functions that unchanged Windows source calls.
//!
//! One module a Win32 header. Nothing here decides anything: a function turns its arguments into a call of the kernel, the
//! devices or a crate, and the outcome into a return value and a last error (contract 00 section 0.3). Exported symbols are
//! `ovl_*`; the headers in `include/` give each its Win32 spelling with an assembler label, so nothing clashes with libc.
//! A panic does not cross the boundary: [`support::guard`] turns it into a failure of the call.
//!
//! Handles are numbers (`usize`), as in `overlapped_abi`; pointers from the caller are checked for NULL where Windows does.

#![allow(non_snake_case, reason = "the exported names are Win32's")]

pub mod acl;
mod arguments;
pub mod support;

pub mod appmodel;
pub mod backtrace;
mod callbacks;
pub mod condvar;
pub mod consoleapi;
pub mod context;
pub mod copyfile2;
pub mod critical;
pub mod crt;
pub mod dbghelp;
pub mod debugapi;
pub mod devicecontrol;
pub mod errhandlingapi;
pub mod eventlog;
pub mod evntprov;
pub mod exceptions;
pub mod fibers;
pub mod fileapi;
pub mod fls;
pub mod formatmessage;
pub mod handleapi;
pub mod heapapi;
pub mod initonce;
pub mod io;
pub mod ioapiset;
pub mod ioringapi;
pub mod jobs;
pub mod lastthread;
pub mod libloaderapi;
pub mod localglobal;
pub mod lstr;
pub mod mailslots;
pub mod membership;
pub mod memoryapi;
pub mod mmtimers;
pub mod modules;
pub mod namedpipeapi;
pub mod names;
pub mod netbios;
pub mod ntdll;
pub mod numa;
pub mod oldfiles;
mod parking;
mod portref;
pub mod power;
pub mod privileges;
pub mod probe;
pub mod processenv;
pub mod processes;
pub mod processinfo;
pub mod processthreadsapi;
pub mod processtimes;
pub mod profileapi;
pub mod profiles;
pub mod psapi;
pub mod random;
pub mod registrychanges;
pub mod restart;
pub mod security;
pub mod services;
pub mod shlobj;
pub mod shlwapi;
pub mod shutdown;
pub mod sids;
pub mod srwlock;
pub mod stacks;
pub mod startprocess;
pub mod strsafe;
pub mod structured;
pub mod synchapi;
pub mod sysinfoapi;
pub mod temporary;
pub mod text;
pub mod threadcontrol;
pub mod threadinfo;
pub mod threadpool;
pub mod timezoneapi;
pub mod tls;
pub mod toolhelp;
pub mod userenv;
pub mod uuids;
mod variables;
pub mod vectored;
pub mod waitonaddress;
pub mod winbase_comm;
pub mod winbase_io;
pub mod winbase_misc;
pub mod winnls;
pub mod winreg;
pub mod winsock;
pub mod winuser;
pub mod winver;
pub mod workingset;
pub mod wsprintf;
pub mod wtsapi;
