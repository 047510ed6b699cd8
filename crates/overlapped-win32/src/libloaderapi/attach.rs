//! What programs want to be told of libraries and threads that come and go: DllMain, and TLS callbacks (pointers in sections `.CRT$XL*`).
//!
//! A library that `ovl cc -shared` has linked says so itself when Linux initialises it, and when that unloads it (`ovl/start_library.c`). The program's
//! TLS callbacks are called before its `main`. Neither gcc nor the linker knows those sections, so they are looked for by name in the file.
//! Threads are those of CreateThread and its like; others come and go unnoticed. As on Windows, one function at a time is called, and
//! a thread that comes or goes waits for a library that is being loaded.

use super::modules::Module;
use crate::callbacks::inside;
use crate::support::Bool;
use overlapped_abi::Win32Error;
use parking_lot::{Mutex, ReentrantMutex};
use std::cell::Cell;
use std::ffi::{CStr, OsStr, c_int, c_void};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::*};

/// A DllMain.
pub type DllMain = unsafe extern "C-unwind" fn(Module, u32, usize) -> Bool;
/// PIMAGE_TLS_CALLBACK.
type TlsCallback = unsafe extern "C-unwind" fn(Module, u32, usize);

const PROCESS_DETACH: u32 = 0;
const PROCESS_ATTACH: u32 = 1;
const THREAD_ATTACH: u32 = 2;
const THREAD_DETACH: u32 = 3;
/// ERROR_DLL_INIT_FAILED.
const INIT_FAILED: Win32Error = Win32Error(1114);
/// STATUS_DLL_INIT_FAILED: the end of a program that cannot begin for want of a library.
const PROGRAM_FAILED: u32 = 0xC000_0142;

/// A module that wants to be told.
#[derive(Clone)]
struct Attached {
    module: Module,
    main: Option<DllMain>,
    callbacks: Vec<TlsCallback>,
    hears_threads: bool,
}

impl Attached {
    /// What the module's DllMain says; TRUE without one.
    fn tell(&self, reason: u32, reserved: usize) -> bool {
        inside(|| {
            for callback in &self.callbacks {
                // SAFETY: a function of a module that is loaded, of the type that such a section has.
                unsafe { callback(self.module, reason, reserved) };
            }
            // SAFETY: the module's own DllMain.
            self.main.is_none_or(|main| unsafe { main(self.module, reason, reserved) } != 0)
        })
    }
}

/// Held while functions of modules are called, and while modules come and go. Nobody waits for the dynamic linker's own lock with it but those
/// who took this one first.
static LOCK: ReentrantMutex<()> = ReentrantMutex::new(());
static ATTACHED: Mutex<Vec<Attached>> = Mutex::new(Vec::new());
/// There are some: until then a thread costs nothing more.
static ANY: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// LoadLibrary is at work.
    static LOADING: Cell<u32> = const { Cell::new(0) };
    /// FreeLibrary is at work: otherwise a library that ends does so with the process.
    static UNLOADING: Cell<u32> = const { Cell::new(0) };
    /// A DllMain has said FALSE meanwhile.
    static FAILED: Cell<bool> = const { Cell::new(false) };
}

/// Loads a library by `load`: 1114 if its DllMain, or that of one that it needs, says FALSE. What was loaded is given to `close` then.
pub fn loading<T>(load: impl FnOnce() -> Option<T>, close: impl FnOnce(T)) -> Result<Option<T>, Win32Error> {
    let _lock = LOCK.lock();
    LOADING.set(LOADING.get() + 1);
    let before = FAILED.replace(false);
    let loaded = load();
    LOADING.set(LOADING.get() - 1);
    match (FAILED.replace(before), loaded) {
        (true, Some(loaded)) => {
            close(loaded);
            Err(INIT_FAILED)
        }
        (_, loaded) => Ok(loaded),
    }
}

/// Unloads one by `unload`.
pub fn unloading<T>(unload: impl FnOnce() -> T) -> T {
    let _lock = LOCK.lock();
    UNLOADING.set(UNLOADING.get() + 1);
    let done = unload();
    UNLOADING.set(UNLOADING.get() - 1);
    done
}

/// DisableThreadLibraryCalls: TLS callbacks go on.
pub fn silence(module: Module) {
    for attached in ATTACHED.lock().iter_mut().filter(|attached| attached.module == module) {
        attached.hears_threads = !attached.callbacks.is_empty();
    }
}

/// A thread of CreateThread begins.
pub fn thread_begins() {
    threads(THREAD_ATTACH);
}

/// It ends.
pub fn thread_ends() {
    threads(THREAD_DETACH);
}

fn threads(reason: u32) {
    if !ANY.load(Acquire) {
        return;
    }
    let _lock = LOCK.lock();
    let mut all = ATTACHED.lock().clone();
    if reason == THREAD_DETACH {
        all.reverse();
    }
    for attached in all.iter().filter(|attached| attached.hears_threads) {
        attached.tell(reason, 0);
    }
}

fn attach(attached: Attached) -> bool {
    // Not NULL for what is there when the program begins.
    let reserved = usize::from(LOADING.get() == 0);
    let accepted = attached.tell(PROCESS_ATTACH, reserved);
    if accepted {
        ATTACHED.lock().push(attached);
        ANY.store(true, Release);
    } else {
        attached.tell(PROCESS_DETACH, reserved);
    }
    accepted
}

fn detach(module: Module) {
    let gone = {
        let mut all = ATTACHED.lock();
        all.iter().rposition(|attached| attached.module == module).map(|at| all.remove(at))
    };
    if let Some(gone) = gone {
        gone.tell(PROCESS_DETACH, usize::from(UNLOADING.get() == 0));
    }
}

/// The start of the record that the dynamic linker keeps of a library; its address is the handle.
#[repr(C)]
struct Link {
    base: usize,
    name: *const libc::c_char,
}

unsafe extern "C" {
    fn dladdr1(address: *const c_void, info: *mut libc::Dl_info, extra: *mut *mut c_void, flags: c_int) -> c_int;
}

/// The record of the library that an address is in.
fn link_of(here: *const c_void) -> Option<(Module, &'static Link)> {
    const RTLD_DL_LINKMAP: c_int = 2;
    let mut link = std::ptr::null_mut();
    // SAFETY: pointers and numbers, for which zero is a value.
    let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
    // SAFETY: the address is looked up, and both places are ours.
    let found = unsafe { dladdr1(here, &mut info, &mut link, RTLD_DL_LINKMAP) } != 0 && !link.is_null();
    // SAFETY: a record of a library that stays until that is unloaded.
    found.then(|| (link as usize, unsafe { &*link.cast::<Link>() }))
}

/// A library begins: its DllMain, if it has one, and an address in it.
///
/// # Safety
/// For the object that `ovl cc` links into libraries.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_LibraryAttach(main: Option<DllMain>, here: *const c_void) {
    let _lock = LOCK.lock();
    let Some((module, link)) = link_of(here) else { return };
    // SAFETY: the name of a library that is loaded.
    let file = unsafe { CStr::from_ptr(link.name) };
    let callbacks = callbacks_in(Path::new(OsStr::from_bytes(file.to_bytes())), link.base);
    if main.is_none() && callbacks.is_empty() {
        return;
    }
    if !attach(Attached { module, main, callbacks, hears_threads: true }) {
        if LOADING.get() == 0 {
            overlapped_devices::process::end_now(PROGRAM_FAILED);
        }
        FAILED.set(true);
    }
}

/// A library ends.
///
/// # Safety
/// As for [`ovl_LibraryAttach`].
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_LibraryDetach(here: *const c_void) {
    let _lock = LOCK.lock();
    if let Some((module, _)) = link_of(here) {
        detach(module);
    }
}

/// At the end of the process the program's callbacks are called, after those of libraries.
extern "C" fn exits() {
    let _lock = LOCK.lock();
    detach(super::modules::program());
}

#[used]
#[unsafe(link_section = ".init_array")]
static BEGIN: extern "C" fn() = program_begins;

/// Calls the program's TLS callbacks, before `main`, and after what this library does then (whose place in the list has a number).
extern "C" fn program_begins() {
    // A program that is not for Windows is not to end by what is looked for here.
    let _ = std::panic::catch_unwind(|| {
        let callbacks = callbacks_in(Path::new("/proc/self/exe"), program_base());
        if !callbacks.is_empty() {
            // SAFETY: the function stays as long as this library, which the program is linked with.
            unsafe { libc::atexit(exits) };
            let _lock = LOCK.lock();
            attach(Attached { module: super::modules::program(), main: None, callbacks, hears_threads: true });
        }
    });
}

/// What is added to the addresses in the program's file.
fn program_base() -> usize {
    unsafe extern "C" fn first(object: *mut libc::dl_phdr_info, _size: usize, data: *mut c_void) -> c_int {
        // SAFETY: the loader passes the description of an object, the program's first, and `data` as it was given.
        unsafe { data.cast::<usize>().write((*object).dlpi_addr as usize) };
        1
    }
    let mut base = 0usize;
    // SAFETY: the function is what the loader calls, with a place of ours.
    unsafe { libc::dl_iterate_phdr(Some(first), (&raw mut base).cast()) };
    base
}

fn number(bytes: &[u8], at: usize, len: usize) -> usize {
    bytes.get(at..at + len).unwrap_or_default().iter().rev().fold(0, |all, byte| all << 8 | usize::from(*byte))
}

/// The places of the sections of a file whose names begin like this, by their names: address and bytes.
fn sections(path: &Path, prefix: &[u8]) -> std::io::Result<Vec<(usize, usize)>> {
    const HEADER: usize = 64;
    const ALLOCATED: usize = 2;
    let file = File::open(path)?;
    let mut head = [0; HEADER];
    file.read_exact_at(&mut head, 0)?;
    if !head.starts_with(b"\x7fELF\x02") || number(&head, 0x3A, 2) != HEADER {
        return Ok(Vec::new());
    }
    let (count, names) = (number(&head, 0x3C, 2), number(&head, 0x3E, 2));
    let mut headers = vec![0; count * HEADER];
    file.read_exact_at(&mut headers, number(&head, 0x28, 8) as u64)?;
    let header = |place: usize| headers.get(place * HEADER..(place + 1) * HEADER).unwrap_or_default();
    // Longer ones are none that a linker makes.
    let mut text = vec![0; number(header(names), 0x20, 8).min(1 << 20)];
    file.read_exact_at(&mut text, number(header(names), 0x18, 8) as u64)?;
    let mut found = Vec::new();
    for place in 0..count {
        let header = header(place);
        let name = text.get(number(header, 0, 4)..).unwrap_or_default();
        if name.starts_with(prefix) && number(header, 8, 8) & ALLOCATED != 0 {
            let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
            found.push((name, number(header, 0x10, 8), number(header, 0x20, 8)));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, address, bytes)| (address, bytes)).collect())
}

/// The TLS callbacks of a module that was loaded from this file.
fn callbacks_in(path: &Path, base: usize) -> Vec<TlsCallback> {
    // Without its file a module has none.
    let sections = sections(path, b".CRT$XL").unwrap_or_default();
    let slots = sections.into_iter().flat_map(|(address, bytes)| {
        (0..bytes / size_of::<usize>()).map(move |n| base + address + n * size_of::<usize>())
    });
    // SAFETY: the section is loaded, and holds pointers, some of them NULL.
    slots.filter_map(|slot| unsafe { (slot as *const Option<TlsCallback>).read() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_found_by_their_names() {
        let own = Path::new("/proc/self/exe");
        let text = sections(own, b".text").unwrap();
        let here = sections_are_found_by_their_names as *const () as usize - program_base();
        assert!(text.iter().any(|(at, bytes)| (*at..at + bytes).contains(&here)));
        assert!(sections(own, b".CRT$XL").unwrap().is_empty());
        assert!(sections(Path::new("/etc/passwd"), b".text").unwrap().is_empty());
        assert!(sections(Path::new("/no/such/file"), b".text").is_err());
    }
}
