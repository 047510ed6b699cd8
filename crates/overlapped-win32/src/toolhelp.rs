//! `tlhelp32.h`: snapshots of the processes and threads that there are.
//!
//! A snapshot is a section of memory, as on Windows: CloseHandle ends it, and it can be duplicated and inherited. It begins with a header
//! that has the places of the next entries; entries follow in the form in which they are handed out. What Linux knows stands below /proc,
//! of one process after the other, so that a process that ends meanwhile may be in it or not.

use crate::arguments::pair;
use crate::support::{Bool, RawHandle, guard_bool, guard_or, system};
use crate::text::{Unit, of};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::handle::{Entry, HandleFlags, Object};
use overlapped_kernel::section::Section;
use std::sync::Arc;

/// TH32CS_SNAPHEAPLIST, which is part of TH32CS_SNAPALL: heaps are not listed.
const SNAP_HEAPS: u32 = 0x1;
const SNAP_PROCESS: u32 = 0x2;
const SNAP_THREAD: u32 = 0x4;
/// TH32CS_SNAPMODULE, and TH32CS_SNAPMODULE32, of which there are none.
const SNAP_MODULE: u32 = 0x8;
const SNAP_MODULE_32: u32 = 0x10;
const INHERIT: u32 = 0x8000_0000;
const SECTION_ALL_ACCESS: u32 = 0xF_001F;
const PAGE_READWRITE: u32 = 0x4;
const MAX_PATH: usize = 260;
const MAGIC: u64 = 0x7061_6e73_6c76_6f31;
/// The room that /proc/.../comm takes, and the longest last part of a path.
const NAME: usize = 256;

/// PROCESSENTRY32: 568 bytes in UTF-16, 304 in the other form.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ProcessEntry<U: Unit> {
    size: u32,
    usage: u32,
    id: u32,
    heap: usize,
    module: u32,
    threads: u32,
    parent: u32,
    priority: i32,
    flags: u32,
    name: [U; MAX_PATH],
}

/// THREADENTRY32, 28 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ThreadEntry {
    size: u32,
    usage: u32,
    id: u32,
    owner: u32,
    priority: i32,
    change: i32,
    flags: u32,
}

/// What a snapshot keeps of a process.
#[repr(C)]
#[derive(Clone, Copy)]
struct Kept {
    id: u32,
    parent: u32,
    threads: u32,
    priority: i32,
    len: u32,
    name: [u8; NAME],
}

/// MODULEENTRY32: 1080 bytes in UTF-16, 568 in the other form.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ModuleEntry<U: Unit> {
    size: u32,
    id: u32,
    process: u32,
    uses: [u32; 2],
    base: usize,
    base_size: u32,
    module: usize,
    name: [U; NAME],
    path: [U; MAX_PATH],
}

/// What a snapshot keeps of a module.
#[repr(C)]
#[derive(Clone, Copy)]
struct KeptModule {
    base: u64,
    module: u64,
    base_size: u32,
    process: u32,
    len: u32,
    spare: u32,
    path: [u8; PATH],
}

/// The longest path of a module that is kept whole.
const PATH: usize = 1024;

/// What a snapshot begins with.
#[repr(C)]
#[derive(Clone, Copy)]
struct Header {
    magic: u64,
    processes: u32,
    threads: u32,
    modules: u32,
    next_process: u32,
    next_thread: u32,
    next_module: u32,
}

const _: () = assert!(size_of::<ProcessEntry<u16>>() == 568 && size_of::<ProcessEntry<u8>>() == 304);
const _: () = assert!(size_of::<ModuleEntry<u16>>() == 1080 && size_of::<ModuleEntry<u8>>() == 568);
const _: () = assert!(size_of::<ThreadEntry>() == 28 && size_of::<Header>() == 32 && size_of::<Kept>() == 276);
const _: () = assert!(size_of::<KeptModule>() == 32 + PATH);

/// Plain numbers without padding, so that they can go through a file.
///
/// # Safety
/// All bytes of a value are initialized, and all values of the bytes are valid.
unsafe trait Plain: Copy {}
// SAFETY: integers and arrays of them, without padding (see the sizes above).
unsafe impl Plain for Kept {}
// SAFETY: as above.
unsafe impl Plain for KeptModule {}
// SAFETY: as above.
unsafe impl Plain for Header {}
// SAFETY: as above.
unsafe impl Plain for ThreadEntry {}

fn bytes_of<T: Plain>(value: &T) -> &[u8] {
    // SAFETY: Plain, so all bytes are initialized.
    unsafe { std::slice::from_raw_parts(std::ptr::from_ref(value).cast(), size_of::<T>()) }
}

/// A number out of /proc/.../stat: `n` counts from the state, which is 0.
fn field(stat: &str, n: usize) -> i64 {
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    rest.split_whitespace().nth(n).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The base priority that Windows would show: 8, and less or more as the nice value says.
fn priority(stat: &str) -> i32 {
    match field(stat, 16) {
        ..=-15 => 24,
        -14..=-8 => 13,
        -7..=-1 => 10,
        0 => 8,
        1..=9 => 6,
        _ => 4,
    }
}

/// A process; None if it has gone.
fn process(id: u32) -> Option<Kept> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let program = std::fs::read_link(format!("/proc/{id}/exe")).ok();
    let file = program.as_deref().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    // Of processes of others only the short name can be had.
    let name = file.or_else(|| Some(stat.split_once('(')?.1.rsplit_once(')')?.0.to_owned()))?;
    let name = name.strip_suffix(" (deleted)").unwrap_or(&name);
    let len = (0..=name.len().min(NAME)).rev().find(|&at| name.is_char_boundary(at)).unwrap_or(0);
    let mut kept = Kept {
        id,
        parent: field(&stat, 1) as u32,
        threads: field(&stat, 17) as u32,
        priority: priority(&stat),
        len: len as u32,
        name: [0; NAME],
    };
    kept.name[..len].copy_from_slice(&name.as_bytes()[..len]);
    Some(kept)
}

fn numbers(directory: &str) -> Vec<u32> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut numbers: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

fn threads_of(owner: u32) -> Vec<ThreadEntry> {
    let directory = format!("/proc/{owner}/task");
    let entry = |id: u32| {
        let stat = std::fs::read_to_string(format!("{directory}/{id}/stat")).ok()?;
        let size = size_of::<ThreadEntry>() as u32;
        Some(ThreadEntry { size, usage: 0, id, owner, priority: priority(&stat), change: 0, flags: 0 })
    };
    numbers(&directory).into_iter().filter_map(entry).collect()
}

fn modules_of(process: u32) -> Result<Vec<KeptModule>, Win32Error> {
    let process = if process == 0 { std::process::id() } else { process };
    let keep = |module: crate::modules::Mapped| {
        let file = module.file().to_string_lossy().into_owned();
        let len = (0..=file.len().min(PATH)).rev().find(|&at| file.is_char_boundary(at)).unwrap_or(0);
        let (base, base_size) = (module.base as u64, module.size as u32);
        let handle = module.handle(process) as u64;
        let mut kept =
            KeptModule { base, module: handle, base_size, process, len: len as u32, spare: 0, path: [0; PATH] };
        kept.path[..len].copy_from_slice(&file.as_bytes()[..len]);
        kept
    };
    Ok(crate::modules::of_process(process)?.into_iter().map(keep).collect())
}

/// The bytes of a new snapshot.
fn taken(flags: u32, whose: u32) -> Result<Vec<u8>, Win32Error> {
    let ids = numbers("/proc");
    let wanted = |flag| if flags & flag == 0 { &[][..] } else { &ids[..] };
    let processes: Vec<Kept> = wanted(SNAP_PROCESS).iter().filter_map(|&id| process(id)).collect();
    let threads: Vec<ThreadEntry> = wanted(SNAP_THREAD).iter().flat_map(|&id| threads_of(id)).collect();
    let (count, others) = (processes.len() as u32, threads.len() as u32);
    let modules = if flags & SNAP_MODULE == 0 { Vec::new() } else { modules_of(whose)? };
    let header = Header {
        magic: MAGIC,
        processes: count,
        threads: others,
        modules: modules.len() as u32,
        next_process: 0,
        next_thread: 0,
        next_module: 0,
    };
    let mut bytes = bytes_of(&header).to_vec();
    processes.iter().for_each(|kept| bytes.extend(bytes_of(kept)));
    threads.iter().for_each(|thread| bytes.extend(bytes_of(thread)));
    modules.iter().for_each(|module| bytes.extend(bytes_of(module)));
    Ok(bytes)
}

/// CreateToolhelp32Snapshot, of all processes and threads and of the modules of one process, 0 for this one; -1 with 87 for other parts, 5 for
/// modules of a process that may not be looked into.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CreateToolhelp32Snapshot(flags: u32, id: u32) -> RawHandle {
    guard_or(usize::MAX, || {
        let known = SNAP_HEAPS | SNAP_PROCESS | SNAP_THREAD | SNAP_MODULE | SNAP_MODULE_32;
        if flags & !INHERIT & !known != 0 || flags & !INHERIT == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let bytes = taken(flags, id)?;
        let memory = rustix::fs::memfd_create(c"snapshot", rustix::fs::MemfdFlags::CLOEXEC);
        let memory = memory.map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
        put_at(&memory, &bytes, 0)?;
        let section = Section::of_memory(memory, bytes.len() as u64, PAGE_READWRITE);
        let access = AccessMask::from_bits_retain(SECTION_ALL_ACCESS);
        let system = system()?;
        let handle = system.insert(Object::Section(Arc::new(section)), access)?;
        if flags & INHERIT != 0 {
            system.set_handle_flags(handle, HandleFlags::INHERIT, HandleFlags::INHERIT)?;
        }
        Ok(handle.into_raw())
    })
}

fn put_at(memory: impl std::os::fd::AsFd, bytes: &[u8], at: u64) -> Result<(), Win32Error> {
    let done = rustix::io::pwrite(memory, bytes, at).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    if done == bytes.len() { Ok(()) } else { Err(Win32Error::NOT_ENOUGH_MEMORY) }
}

/// What stands at some place; 6 for a section that is not so long.
fn at<T: Plain>(section: &Section, place: u64) -> Result<T, Win32Error> {
    let mut bytes = vec![0; size_of::<T>()];
    match rustix::io::pread(section, &mut bytes, place) {
        // SAFETY: as many bytes as it has, and Plain says that they make a value.
        Ok(read) if read == bytes.len() => Ok(unsafe { bytes.as_ptr().cast::<T>().read_unaligned() }),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// The snapshot of a handle with its header; 6 for anything else, and 87 for a structure that does not say its size.
fn snapshot(raw: RawHandle, size: u32, least: usize) -> Result<(Arc<Section>, Header), Win32Error> {
    let Entry { object: Object::Section(section), .. } = system()?.entry_raw(raw)? else {
        return Err(Win32Error::INVALID_HANDLE);
    };
    let header: Header = at(&section, 0)?;
    if header.magic != MAGIC || !section.is_memory() {
        return Err(Win32Error::INVALID_HANDLE);
    }
    if (size as usize) < least {
        return Err(Win32Error::BAD_LENGTH);
    }
    Ok((section, header))
}

fn next_process<U: Unit>(raw: RawHandle, to: *mut ProcessEntry<U>, first: bool) -> Result<(), Win32Error> {
    if to.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let size = unsafe { (*to).size };
    let (section, mut header) = snapshot(raw, size, size_of::<ProcessEntry<U>>())?;
    let index = if first { 0 } else { header.next_process };
    if index >= header.processes {
        return Err(Win32Error::NO_MORE_FILES);
    }
    let place = size_of::<Header>() + index as usize * size_of::<Kept>();
    let kept: Kept = at(&section, place as u64)?;
    header.next_process = index + 1;
    put_at(&section, bytes_of(&header), 0)?;
    let text = of::<U>(std::str::from_utf8(&kept.name[..kept.len as usize]).unwrap_or_default());
    let mut name = [U::default(); MAX_PATH];
    let len = text.len().min(MAX_PATH - 1);
    name[..len].copy_from_slice(&text[..len]);
    let Kept { id, parent, threads, priority, .. } = kept;
    let entry = ProcessEntry { size, usage: 0, id, heap: 0, module: 0, threads, parent, priority, flags: 0, name };
    // SAFETY: not NULL, and the caller vouches for it; its size is that of the structure, as it said.
    unsafe { to.write(entry) };
    Ok(())
}

pair! {
    /// Process32First: 18 for a snapshot without processes, 24 for a structure whose size is too small.
    fn ovl_Process32First ovl_Process32FirstW(snapshot: RawHandle, to: *mut ProcessEntry<C>) -> Bool {
        guard_bool(|| next_process(snapshot, to, true))
    }
}

pair! {
    /// Process32Next: 18 behind the last one.
    fn ovl_Process32Next ovl_Process32NextW(snapshot: RawHandle, to: *mut ProcessEntry<C>) -> Bool {
        guard_bool(|| next_process(snapshot, to, false))
    }
}

fn next_thread(raw: RawHandle, to: *mut ThreadEntry, first: bool) -> Result<(), Win32Error> {
    if to.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let (section, mut header) = snapshot(raw, unsafe { (*to).size }, size_of::<ThreadEntry>())?;
    let index = if first { 0 } else { header.next_thread };
    if index >= header.threads {
        return Err(Win32Error::NO_MORE_FILES);
    }
    let before = size_of::<Header>() + header.processes as usize * size_of::<Kept>();
    let entry: ThreadEntry = at(&section, (before + index as usize * size_of::<ThreadEntry>()) as u64)?;
    header.next_thread = index + 1;
    put_at(&section, bytes_of(&header), 0)?;
    // SAFETY: not NULL, and the caller vouches for it; its size is that of the structure, as it said.
    unsafe { to.write(entry) };
    Ok(())
}

/// Thread32First: 18 for a snapshot without threads.
///
/// # Safety
/// `to` is NULL (998) or a structure that says its size.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_Thread32First(snapshot: RawHandle, to: *mut ThreadEntry) -> Bool {
    guard_bool(|| next_thread(snapshot, to, true))
}

/// Thread32Next: 18 behind the last one.
///
/// # Safety
/// As for [`ovl_Thread32First`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_Thread32Next(snapshot: RawHandle, to: *mut ThreadEntry) -> Bool {
    guard_bool(|| next_thread(snapshot, to, false))
}

fn next_module<U: Unit>(raw: RawHandle, to: *mut ModuleEntry<U>, first: bool) -> Result<(), Win32Error> {
    if to.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let size = unsafe { (*to).size };
    let (section, mut header) = snapshot(raw, size, size_of::<ModuleEntry<U>>())?;
    let index = if first { 0 } else { header.next_module };
    if index >= header.modules {
        return Err(Win32Error::NO_MORE_FILES);
    }
    let before = size_of::<Header>()
        + header.processes as usize * size_of::<Kept>()
        + header.threads as usize * size_of::<ThreadEntry>();
    let kept: KeptModule = at(&section, (before + index as usize * size_of::<KeptModule>()) as u64)?;
    header.next_module = index + 1;
    put_at(&section, bytes_of(&header), 0)?;
    let file = std::str::from_utf8(&kept.path[..kept.len as usize]).unwrap_or_default();
    let last = file.rsplit('\\').next().unwrap_or_default();
    let KeptModule { base, module, base_size, process, .. } = kept;
    let mut entry = ModuleEntry {
        size,
        id: 1,
        process,
        uses: [u32::MAX; 2],
        base: base as usize,
        base_size,
        module: module as usize,
        name: [U::default(); NAME],
        path: [U::default(); MAX_PATH],
    };
    for (place, text) in [(&mut entry.name[..], last), (&mut entry.path[..], file)] {
        let units = of::<U>(text);
        let len = units.len().min(place.len() - 1);
        place[..len].copy_from_slice(&units[..len]);
    }
    // SAFETY: not NULL, and the caller vouches for it; its size is that of the structure, as it said.
    unsafe { to.write(entry) };
    Ok(())
}

pair! {
    /// Module32First: the program; 18 for a snapshot without modules, 24 for a structure whose size is too small.
    fn ovl_Module32First ovl_Module32FirstW(snapshot: RawHandle, to: *mut ModuleEntry<C>) -> Bool {
        guard_bool(|| next_module(snapshot, to, true))
    }
}

pair! {
    /// Module32Next: 18 behind the last one.
    fn ovl_Module32Next ovl_Module32NextW(snapshot: RawHandle, to: *mut ModuleEntry<C>) -> Bool {
        guard_bool(|| next_module(snapshot, to, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handleapi::ovl_CloseHandle;
    use crate::support::{FALSE, TRUE, last_error};

    fn entry<U: Unit>() -> ProcessEntry<U> {
        // SAFETY: a structure of numbers, for which zero is a value.
        let zero: ProcessEntry<U> = unsafe { std::mem::zeroed() };
        ProcessEntry { size: size_of::<ProcessEntry<U>>() as u32, ..zero }
    }

    #[test]
    fn a_snapshot_has_the_own_process_with_its_name_parent_and_threads() {
        let snapshot = ovl_CreateToolhelp32Snapshot(SNAP_PROCESS | SNAP_THREAD, 0);
        let (own, mut found, mut count) = (std::process::id(), None, 0);
        let mut process = entry::<u16>();
        // SAFETY: the structures say their sizes.
        unsafe {
            let mut more = ovl_Process32FirstW(snapshot, &mut process);
            while more == TRUE {
                if process.id == own {
                    found = Some((process.parent, String::from_utf16_lossy(&process.name), process.threads));
                }
                more = ovl_Process32NextW(snapshot, &mut process);
            }
            assert_eq!(last_error(), 18);
            let mut thread = ThreadEntry { size: 28, usage: 0, id: 0, owner: 0, priority: 0, change: 0, flags: 0 };
            let mut more = ovl_Thread32First(snapshot, &mut thread);
            while more == TRUE {
                count += u32::from(thread.owner == own);
                more = ovl_Thread32Next(snapshot, &mut thread);
            }
            assert_eq!(last_error(), 18);
        }
        let (parent, name, threads) = found.expect("the process itself is there");
        let program = std::env::current_exe().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!((parent, name.trim_end_matches('\0')), (std::os::unix::process::parent_id(), &*program));
        assert!(threads >= 1 && count >= 1, "{threads} {count}");
        assert_eq!(ovl_CloseHandle(snapshot), TRUE);
    }

    #[test]
    fn a_snapshot_of_everything_has_the_modules_of_the_process() {
        let snapshot = ovl_CreateToolhelp32Snapshot(SNAP_HEAPS | SNAP_PROCESS | SNAP_THREAD | SNAP_MODULE, 0);
        // SAFETY: a structure of numbers, for which zero is a value; it says its size.
        unsafe {
            let zero: ModuleEntry<u8> = std::mem::zeroed();
            let mut module = ModuleEntry { size: 568, ..zero };
            assert_eq!(ovl_Module32First(snapshot, &mut module), TRUE);
            let name = String::from_utf8_lossy(&module.name).trim_end_matches('\0').to_owned();
            assert_eq!(Some(name.as_str()), std::env::current_exe().unwrap().file_name().unwrap().to_str());
            assert_eq!((module.process, module.module), (std::process::id(), crate::libloaderapi::modules::program()));
            let mut count = 1;
            while ovl_Module32Next(snapshot, &mut module) == TRUE {
                assert_eq!(module.base % 4096, 0);
                count += 1;
            }
            assert!(last_error() == 18 && count > 1, "{count}");
            module.size = 567;
            assert_eq!((ovl_Module32First(snapshot, &mut module), last_error()), (FALSE, 24));
        }
        ovl_CloseHandle(snapshot);
    }

    #[test]
    fn what_is_no_snapshot_or_no_structure_is_refused() {
        assert_eq!((ovl_CreateToolhelp32Snapshot(0x20, 0), last_error()), (usize::MAX, 87));
        let snapshot = ovl_CreateToolhelp32Snapshot(SNAP_PROCESS, 0);
        let mut short = ProcessEntry { size: 100, ..entry::<u8>() };
        // SAFETY: the structure has more than it says; handles are looked up.
        unsafe {
            assert_eq!((ovl_Process32First(snapshot, &mut short), last_error()), (FALSE, 24));
            assert_eq!((ovl_Process32First(0x7F7F_7F70, &mut entry::<u8>()), last_error()), (FALSE, 6));
        }
        ovl_CloseHandle(snapshot);
        let mut whole = entry::<u8>();
        // SAFETY: the structure says its size.
        unsafe { assert_eq!((ovl_Process32First(snapshot, &mut whole), last_error()), (FALSE, 6)) };
    }
}
