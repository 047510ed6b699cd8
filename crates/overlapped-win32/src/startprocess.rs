//! CreateProcess, and what it is told in STARTUPINFO and attribute lists (`processthreadsapi.h`, `winbase.h`).
//!
//! Which file a name leads to, what a child inherits and how it is started is in `overlapped_devices::process`; here is what the arguments mean.
//! A terminal cannot be had twice, so a new console is the same one, but without Ctrl+C from it, as in a process group of its own.

use crate::arguments::{optional_name, pair};
use crate::consoleapi::stored;
use crate::names::to_linux;
use crate::processes::niceness;
use crate::support::{Bool, RawHandle, guard, guard_bool, system};
use crate::synchapi::inherits;
use crate::text::{Unit, units};
use overlapped_abi::{AccessMask, SecurityAttributes, Win32Error};
use overlapped_devices::process::{Beginning, Inherit, Line, Standard, Start, Startup, line, program, start};
use overlapped_kernel::handle::{Handle, HandleFlags, Object};
use overlapped_kernel::process::Process;
use std::ffi::{OsString, c_void};
use std::path::PathBuf;
use std::sync::Arc;

const DEBUG_PROCESS: u32 = 0x1;
const DEBUG_ONLY_THIS_PROCESS: u32 = 0x2;
const CREATE_SUSPENDED: u32 = 0x4;
const DETACHED_PROCESS: u32 = 0x8;
const CREATE_NEW_CONSOLE: u32 = 0x10;
const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
const CREATE_UNICODE_ENVIRONMENT: u32 = 0x400;
const EXTENDED_STARTUPINFO_PRESENT: u32 = 0x8_0000;
const CREATE_BREAKAWAY_FROM_JOB: u32 = 0x100_0000;
const CREATE_NO_WINDOW: u32 = 0x800_0000;
/// IDLE to REALTIME, BELOW_NORMAL, ABOVE_NORMAL.
const PRIORITY_CLASSES: u32 = 0x1E0 | 0x4000 | 0x8000;
const STARTF_USESTDHANDLES: u32 = 0x100;
/// PROCESS_ALL_ACCESS and THREAD_ALL_ACCESS.
const ALL_ACCESS: u32 = 0x1F_FFFF;

const HANDLE_LIST: usize = 0x2_0002;
const JOB_LIST: usize = 0x2_000D;
const PSEUDOCONSOLE: usize = 0x2_0016;
/// PARENT_PROCESS, PREFERRED_NODE, MITIGATION_POLICY, PROTECTION_LEVEL, CHILD_PROCESS_POLICY: heard, and without a meaning here.
const HEARD: [usize; 5] = [0x2_0000, 0x2_0004, 0x2_0007, 0x2_000B, 0x2_000E];
/// ERROR_BAD_LENGTH, ERROR_OBJECT_NAME_EXISTS.
const BAD_LENGTH: Win32Error = Win32Error(24);
const OBJECT_NAME_EXISTS: Win32Error = Win32Error(698);

/// STARTUPINFOA and STARTUPINFOW, 104 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct StartupInfo<C> {
    /// `cb`.
    pub size: u32,
    /// `lpReserved`.
    pub reserved: *const C,
    /// `lpDesktop`.
    pub desktop: *const C,
    /// `lpTitle`.
    pub title: *const C,
    /// `dwX` to `dwFlags`.
    pub numbers: [u32; 8],
    /// `wShowWindow`.
    pub show: u16,
    /// `cbReserved2`.
    pub bytes: u16,
    /// `lpReserved2`.
    pub more: *const u8,
    /// `hStdInput`, `hStdOutput`, `hStdError`.
    pub standard: [RawHandle; 3],
}

/// STARTUPINFOEX.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
struct StartupInfoEx<C> {
    plain: StartupInfo<C>,
    attributes: *const List,
}

/// PROCESS_INFORMATION, 24 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ProcessInformation {
    /// `hProcess`.
    pub process: RawHandle,
    /// `hThread`.
    pub thread: RawHandle,
    /// `dwProcessId`.
    pub process_id: u32,
    /// `dwThreadId`.
    pub thread_id: u32,
}

const _: () = assert!(size_of::<StartupInfo<u16>>() == 104 && size_of::<StartupInfoEx<u8>>() == 112);
const _: () = assert!(size_of::<ProcessInformation>() == 24);

impl<C> StartupInfo<C> {
    fn flags(&self) -> u32 {
        self.numbers[7]
    }
}

/// PROC_THREAD_ATTRIBUTE_LIST: the head, behind which are as many attributes as there is room for.
#[repr(C)]
#[derive(Debug)]
pub struct List {
    room: u32,
    used: u32,
    mark: usize,
    spare: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Attribute {
    what: usize,
    value: *const c_void,
    bytes: usize,
}

const MARK: usize = 0x6F76_6C61;

impl List {
    /// # Safety
    /// The list was initialised, and nobody changes it meanwhile.
    unsafe fn attributes(list: *const Self) -> Result<&'static [Attribute], Win32Error> {
        // SAFETY: the caller vouches for the list; behind its head are so many attributes.
        unsafe {
            match list.as_ref() {
                Some(head) if head.mark == MARK => {
                    Ok(std::slice::from_raw_parts(list.add(1).cast::<Attribute>(), head.used as usize))
                }
                _ => Err(Win32Error::INVALID_PARAMETER),
            }
        }
    }
}

/// InitializeProcThreadAttributeList: 122 if there is too little room, for NULL too; `bytes` says how much it takes.
///
/// # Safety
/// `bytes` is readable and writable; `list` is NULL or writable for so many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitializeProcThreadAttributeList(
    list: *mut List,
    count: u32,
    flags: u32,
    bytes: *mut usize,
) -> Bool {
    guard_bool(|| {
        if bytes.is_null() || flags != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let needed = size_of::<List>() + count as usize * size_of::<Attribute>();
        // SAFETY: not NULL, and the caller vouches for both.
        unsafe {
            let room = bytes.replace(needed);
            if list.is_null() || room < needed {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            list.write(List { room: count, used: 0, mark: MARK, spare: 0 });
        }
        Ok(())
    })
}

/// UpdateProcThreadAttribute: 24 for a wrong length, 50 for what there is not here, 698 for what the list has, 31 if it is full. The
/// value is kept by its address.
///
/// # Safety
/// `list` was initialised; `value` stays until the list is deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UpdateProcThreadAttribute(
    list: *mut List,
    flags: u32,
    what: usize,
    value: *const c_void,
    bytes: usize,
    before: *mut c_void,
    room: *mut usize,
) -> Bool {
    guard_bool(|| {
        if flags != 0 || !before.is_null() || !room.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        match what {
            HANDLE_LIST | JOB_LIST if bytes == 0 || !bytes.is_multiple_of(size_of::<RawHandle>()) => {
                return Err(BAD_LENGTH);
            }
            PSEUDOCONSOLE if bytes != size_of::<usize>() => return Err(BAD_LENGTH),
            HANDLE_LIST | JOB_LIST | PSEUDOCONSOLE => {}
            _ if HEARD.contains(&what) => {}
            _ => return Err(Win32Error::NOT_SUPPORTED),
        }
        // SAFETY: the caller vouches for the list.
        let attributes = unsafe { List::attributes(list)? };
        if attributes.iter().any(|attribute| attribute.what == what) {
            return Err(OBJECT_NAME_EXISTS);
        }
        // SAFETY: there is room for one more, and the list is the caller's.
        unsafe {
            if (*list).used == (*list).room {
                return Err(Win32Error::GEN_FAILURE);
            }
            let place = list.add(1).cast::<Attribute>().add((*list).used as usize);
            place.write(Attribute { what, value, bytes });
            (*list).used += 1;
        }
        Ok(())
    })
}

/// DeleteProcThreadAttributeList.
///
/// # Safety
/// `list` is NULL or was initialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DeleteProcThreadAttributeList(list: *mut List) {
    if !list.is_null() {
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { (*list).mark = 0 };
    }
}

/// The handles in an attribute of the list; `None` without one.
fn handles(attributes: &[Attribute], what: usize) -> Option<Vec<RawHandle>> {
    let attribute = attributes.iter().find(|attribute| attribute.what == what)?;
    let (value, count) = (attribute.value.cast::<RawHandle>(), attribute.bytes / size_of::<RawHandle>());
    // SAFETY: the caller of UpdateProcThreadAttribute vouches for so many.
    Some((0..count).map(|at| unsafe { value.add(at).read_unaligned() }).collect())
}

fn line_of<C: Unit>(text: &[C]) -> Line {
    let number = |unit: &C| -> u32 { (*unit).into() };
    match size_of::<C>() {
        1 => Line::Bytes(text.iter().map(|unit| number(unit) as u8).collect()),
        _ => Line::Units(text.iter().map(|unit| number(unit) as u16).collect()),
    }
}

/// The program and the line with which it is started. Without a line, that is the name of the program in quotation marks.
fn program_of<C: Unit>(name: Option<OsString>, line: Option<&[C]>) -> Result<(PathBuf, Vec<C>), Win32Error> {
    let system = system()?;
    match (name, line) {
        (Some(name), line) => {
            let mark = C::from(b'"');
            let quoted = || [&[mark][..], &C::from_os(&name), &[mark]].concat();
            let line = line.filter(|line| !line.is_empty()).map_or_else(quoted, <[C]>::to_vec);
            Ok((program::by_name(system, &name)?, line))
        }
        (None, Some(line)) => Ok((program::by_line(system, &C::to_os(line))?, line.to_vec())),
        (None, None) => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// The strings of an environment block, without those for the drives' current directories, which have no place here.
///
/// # Safety
/// `block` is strings, each with a zero, and one more at the end.
unsafe fn environment<C: Unit>(block: *const C) -> Vec<OsString> {
    let (mut all, mut at) = (Vec::new(), block);
    loop {
        // SAFETY: the caller vouches for the block.
        let text = unsafe { units(at) };
        if text.is_empty() {
            return all;
        }
        // SAFETY: behind each string is another one, or the end.
        at = unsafe { at.add(text.len() + 1) };
        if !text[0].is(b'=') {
            all.push(C::to_os(text));
        }
    }
}

/// The pseudo console in the list, if there is one: its value is the handle itself.
fn pseudo_console(attributes: &[Attribute]) -> Option<usize> {
    attributes.iter().find(|attribute| attribute.what == PSEUDOCONSOLE).map(|attribute| attribute.value as usize)
}

/// The same terminal three times.
fn on_terminal(console: usize) -> Result<[Standard; 3], Win32Error> {
    let terminal = || crate::consoleapi::pseudo::terminal(console).map(Standard::Owned);
    Ok([terminal()?, terminal()?, terminal()?])
}

/// What the child has as its standard handles.
fn standard<C>(info: &StartupInfo<C>, flags: u32) -> [Standard; 3] {
    let of_handle = |raw: RawHandle| Handle::from_raw(raw).map_or(Standard::Nothing, Standard::Handle);
    if info.flags() & STARTF_USESTDHANDLES != 0 {
        return info.standard.map(|raw| of_handle(crate::consoleapi::meant(raw)));
    }
    if flags & (DETACHED_PROCESS | CREATE_NO_WINDOW) != 0 {
        return [const { Standard::Nothing }; 3];
    }
    [0, 1, 2].map(|fd| stored(fd).map_or(Standard::Descriptor(fd), of_handle))
}

fn beginning(flags: u32, all_handles: bool) -> Beginning {
    let mut beginning = Beginning::empty();
    beginning.set(Beginning::SUSPENDED, flags & CREATE_SUSPENDED != 0);
    beginning.set(Beginning::NEW_GROUP, flags & (CREATE_NEW_PROCESS_GROUP | CREATE_NEW_CONSOLE) != 0);
    beginning.set(Beginning::NEW_SESSION, flags & (DETACHED_PROCESS | CREATE_NO_WINDOW) != 0);
    beginning.set(Beginning::CLOSED, !all_handles);
    beginning
}

/// What a child can ask for with GetStartupInfo.
///
/// # Safety
/// The pointers are NULL or valid.
unsafe fn startup<C: Unit>(info: &StartupInfo<C>) -> Startup {
    let bytes = if info.more.is_null() { 0 } else { usize::from(info.bytes) };
    // SAFETY: the caller's promise.
    unsafe {
        Startup {
            desktop: optional_name(info.desktop),
            title: optional_name(info.title),
            numbers: info.numbers,
            show: info.show,
            reserved: (0..bytes).map(|at| info.more.add(at).read()).collect(),
        }
    }
}

/// Handles of a new process and of its first thread.
fn hand_out(
    child: &Arc<Process>,
    process_flags: HandleFlags,
    thread_flags: HandleFlags,
) -> Result<ProcessInformation, Win32Error> {
    let system = system()?;
    let handle = |object, flags| -> Result<RawHandle, Win32Error> {
        let handle = system.insert(object, AccessMask::from_bits_retain(ALL_ACCESS))?;
        system.set_handle_flags(handle, flags, flags)?;
        Ok(handle.into_raw())
    };
    let process = handle(Object::Process(Arc::clone(child)), process_flags)?;
    let thread = handle(Object::MainThread(Arc::clone(child)), thread_flags)?;
    Ok(ProcessInformation { process, thread, process_id: child.id(), thread_id: child.id() })
}

/// The first error in what is asked for.
fn check(flags: u32) -> Result<(), Win32Error> {
    if flags & (DEBUG_PROCESS | DEBUG_ONLY_THIS_PROCESS) != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let both = DETACHED_PROCESS | CREATE_NEW_CONSOLE;
    if flags & both == both { Err(Win32Error::INVALID_PARAMETER) } else { Ok(()) }
}

pair! {
    /// CreateProcess: 2 or 3 for a program that is not there, 5 for a directory, 193 for a file that is no program, 267 for a current
    /// directory that is none, 87 for what makes no sense, 50 for a debugger.
    fn ovl_CreateProcessA ovl_CreateProcessW(
        name: *const C,
        command_line: *mut C,
        process: *const SecurityAttributes,
        thread: *const SecurityAttributes,
        inherit: Bool,
        flags: u32,
        environment_block: *const c_void,
        directory: *const C,
        info: *const StartupInfo<C>,
        made: *mut ProcessInformation,
    ) -> Bool {
        guard_bool(|| {
            if info.is_null() || made.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            check(flags)?;
            crate::processinfo::may_start_others()?;
            // SAFETY: the caller vouches for the arguments; the structure is an extended one if the flags say so.
            let (info, name, text, directory, list) = unsafe {
                let extended = flags & EXTENDED_STARTUPINFO_PRESENT != 0;
                let list = if extended { (*info.cast::<StartupInfoEx<C>>()).attributes } else { std::ptr::null() };
                let list = if list.is_null() { &[] } else { List::attributes(list)? };
                let text = (!command_line.is_null()).then(|| units(command_line));
                (&*info, optional_name(name), text, optional_name(directory), list)
            };
            let listed = handles(list, HANDLE_LIST);
            if listed.is_some() && inherit == 0 {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let (program, text) = program_of(name, text)?;
            let arguments = line::split(&text).iter().map(|argument| C::to_os(argument)).collect();
            // SAFETY: the caller vouches for the block and the strings.
            let (environment, startup) = unsafe {
                let environment = match flags & CREATE_UNICODE_ENVIRONMENT {
                    _ if environment_block.is_null() => None,
                    0 => Some(environment(environment_block.cast::<u8>())),
                    _ => Some(environment(environment_block.cast::<u16>())),
                };
                (environment, startup(info))
            };
            let all_handles = inherit != 0 && listed.is_none();
            let inherit = match listed {
                Some(list) => Inherit::Listed(list.into_iter().filter_map(Handle::from_raw).collect()),
                None if inherit != 0 => Inherit::All,
                None => Inherit::None,
            };
            crate::crt::files::ovl__flushall();
            let console = pseudo_console(list);
            let mut beginning = beginning(flags, all_handles);
            beginning.set(Beginning::TERMINAL, console.is_some());
            let standard = match console {
                Some(console) if info.flags() & STARTF_USESTDHANDLES == 0 => on_terminal(console)?,
                _ => standard(info, flags),
            };
            let jobs = handles(list, JOB_LIST).into_iter().flatten();
            let jobs = jobs.map(crate::jobs::job).collect::<Result<_, _>>()?;
            let child = start(system()?, Start {
                program,
                line: line_of(&text),
                arguments,
                environment,
                directory: directory.map(|directory| to_linux(&directory)).transpose()?,
                inherit,
                standard,
                beginning,
                niceness: Some(flags & PRIORITY_CLASSES).filter(|class| *class != 0).and_then(niceness),
                startup,
                breakaway: flags & CREATE_BREAKAWAY_FROM_JOB != 0,
                jobs,
            })?;
            // SAFETY: the caller vouches for the attributes and for the room.
            unsafe { made.write(hand_out(&child, inherits(process), inherits(thread))?) };
            Ok(())
        })
    }
}

/// Text that stays, for GetStartupInfo.
fn kept<C: Unit>(text: Option<&OsString>) -> *const C {
    let Some(text) = text else { return std::ptr::null() };
    let mut units = C::from_os(text);
    units.push(C::default());
    Box::leak(units.into_boxed_slice()).as_ptr()
}

/// What the parent has said; zeros if it is none of ours.
fn startup_info<C: Unit>() -> StartupInfo<C> {
    use overlapped_devices::process::{standard_handle, startup};
    let said = startup();
    let more = said.map(|said| &said.reserved).filter(|reserved| !reserved.is_empty());
    let mut info = StartupInfo {
        size: 104,
        reserved: std::ptr::null(),
        desktop: kept(said.and_then(|said| said.desktop.as_ref())),
        title: kept(said.and_then(|said| said.title.as_ref())),
        numbers: said.map_or([0; 8], |said| said.numbers),
        show: said.map_or(0, |said| said.show),
        bytes: more.map_or(0, |more| more.len() as u16),
        more: more.map_or(std::ptr::null(), |more| more.as_ptr()),
        standard: [0; 3],
    };
    if info.flags() & STARTF_USESTDHANDLES != 0 {
        info.standard = [0, 1, 2].map(|which| standard_handle(which).unwrap_or(0));
    }
    info
}

/// A structure whose pointers lead to what stays.
struct Kept<C>(StartupInfo<C>);
// SAFETY: nobody changes what the pointers lead to.
unsafe impl<C> Send for Kept<C> {}
// SAFETY: as above.
unsafe impl<C> Sync for Kept<C> {}

/// GetStartupInfoA: what the parent said when it started this process; zeros if it is no program of ours.
///
/// # Safety
/// `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetStartupInfoA(info: *mut StartupInfo<u8>) {
    static INFO: std::sync::OnceLock<Kept<u8>> = std::sync::OnceLock::new();
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { info.write(INFO.get_or_init(|| Kept(startup_info())).0) });
}

/// GetStartupInfoW, as [`ovl_GetStartupInfoA`].
///
/// # Safety
/// `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetStartupInfoW(info: *mut StartupInfo<u16>) {
    static INFO: std::sync::OnceLock<Kept<u16>> = std::sync::OnceLock::new();
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { info.write(INFO.get_or_init(|| Kept(startup_info())).0) });
}
