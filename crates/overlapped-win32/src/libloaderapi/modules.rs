//! What a module handle may stand for.
//!
//! - the program: its handle is the address that it was loaded to, as on Windows;
//! - a library of Windows: this library plays all of them, and each name has a handle of its own;
//! - a library of Linux that was opened: its handle is that of `dlopen`.

use super::attach;
use super::directories::{Place, places};
use crate::names::{last_component, to_linux, to_windows};
use crate::support::fail;
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::ffi::{CStr, CString, OsStr, OsString, c_int, c_void};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// HMODULE.
pub type Module = usize;

/// ERROR_MOD_NOT_FOUND.
pub const NOT_FOUND: Win32Error = Win32Error(126);
/// ERROR_BAD_EXE_FORMAT.
const BAD_FORMAT: Win32Error = Win32Error(193);

/// The libraries of Windows that are played, without `.dll`. Their handles are the addresses of these entries.
static PLAYED: [&str; 22] = [
    "kernel32",
    "kernelbase",
    "ntdll",
    "ws2_32",
    "wsock32",
    "mswsock",
    "msvcrt",
    "ucrtbase",
    "vcruntime140",
    "user32",
    "advapi32",
    "winmm",
    "shell32",
    "iphlpapi",
    "shlwapi",
    "ole32",
    "psapi",
    "bcrypt",
    "dbghelp",
    "userenv",
    "version",
    "secur32",
];

/// Libraries opened with LoadLibrary, and how often.
static OPENED: Mutex<Option<HashMap<Module, usize>>> = Mutex::new(None);

/// What a handle stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The program itself.
    Program,
    /// A library of Windows.
    Played(&'static str),
    /// A library of Linux.
    Opened(*mut c_void),
}

/// The address that the program was loaded to.
#[must_use]
pub fn program() -> Module {
    // SAFETY: it reads what the kernel passed to the program.
    let headers = unsafe { libc::getauxval(libc::AT_PHDR) } as usize;
    headers & !(crate::memoryapi::pages::page_size() - 1)
}

/// What the handle stands for; NULL is the program.
pub fn kind(module: Module) -> Result<Kind, Win32Error> {
    if module == 0 || module == program() {
        return Ok(Kind::Program);
    }
    if let Some(name) = PLAYED.iter().find(|name| std::ptr::from_ref(*name) as usize == module) {
        return Ok(Kind::Played(name));
    }
    // A handle that was only looked up is as good as one that was opened.
    let known =
        OPENED.lock().as_ref().is_some_and(|opened| opened.contains_key(&module)) || link_name(module).is_some();
    if known { Ok(Kind::Opened(module as *mut c_void)) } else { Err(NOT_FOUND) }
}

/// The handle of a library of Windows, by its name in any case, with or without a path and `.dll`.
fn played(name: &OsStr) -> Option<Module> {
    let name = last_component(name).to_string_lossy().to_ascii_lowercase();
    let name = name.strip_suffix(".dll").unwrap_or(&name);
    let name = if name.starts_with("api-ms-win-crt") { "ucrtbase" } else { name };
    let name = if name.starts_with("api-ms-win-") { "kernel32" } else { name };
    PLAYED.iter().find(|played| **played == name).map(|played| std::ptr::from_ref(played) as usize)
}

/// The names under which `dlopen` might know the library, in the order of trying.
fn candidates(name: &OsStr, flags: u32) -> Vec<OsString> {
    let has_path = name.as_bytes().iter().any(|byte| matches!(byte, b'/' | b'\\' | b':'));
    let plain = if has_path {
        to_linux(name).map_or_else(|_| name.to_owned(), PathBuf::into_os_string)
    } else {
        name.to_owned()
    };
    let forms = forms(Path::new(&plain));
    if has_path {
        return forms;
    }
    let mut found = Vec::new();
    for place in places(flags) {
        match place {
            Place::System => found.extend(forms.iter().cloned()),
            Place::Directory(directory) => found.extend(forms.iter().filter_map(|form| {
                let file = to_linux(directory.join(form).as_os_str()).ok()?;
                file.is_file().then(|| file.into_os_string())
            })),
        }
    }
    found
}

/// The name as it is, and for `x.dll` or a name without an extension `x.so` and `libx.so`.
fn forms(path: &Path) -> Vec<OsString> {
    let mut forms = vec![path.as_os_str().to_owned()];
    let stem = match path.extension() {
        Some(extension) if extension.eq_ignore_ascii_case("dll") => path.with_extension(""),
        Some(_) => return forms,
        None => path.to_owned(),
    };
    // LoadLibrary adds this ending itself.
    if path.extension().is_none() {
        forms.insert(0, path.with_extension("dll").into_os_string());
    }
    let mut file = stem.file_name().unwrap_or_default().to_owned();
    file.push(".so");
    let mut with_lib = OsString::from("lib");
    with_lib.push(&file);
    forms.extend([file, with_lib].map(|file| stem.with_file_name(file).into_os_string()));
    forms
}

fn dlopen(name: &OsStr, flags: c_int) -> Option<Module> {
    let name = CString::new(name.as_bytes()).ok()?;
    // SAFETY: a string; what the library does when it is opened is what the caller asked for.
    let handle = unsafe { libc::dlopen(name.as_ptr(), flags) };
    (!handle.is_null()).then_some(handle as usize)
}

/// What `dlopen` says went wrong.
fn reason() -> Win32Error {
    // SAFETY: the text stays until the thread's next call of this kind.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return NOT_FOUND;
    }
    // SAFETY: not NULL, so a string.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    tracing::debug!(%text, "a library could not be opened");
    if text.contains("ELF") || text.contains("file too short") { BAD_FORMAT } else { NOT_FOUND }
}

/// LoadLibrary, with the flags of LoadLibraryEx.
pub fn load(name: &OsStr, flags: u32) -> Result<Module, Win32Error> {
    if name.is_empty() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if let Some(module) = played(name) {
        return Ok(module);
    }
    let mut error = NOT_FOUND;
    for candidate in candidates(name, flags) {
        let loaded = attach::loading(|| dlopen(&candidate, libc::RTLD_NOW), |module| _ = close(module))?;
        if let Some(module) = loaded {
            *OPENED.lock().get_or_insert_default().entry(module).or_insert(0) += 1;
            return Ok(module);
        }
        if reason() == BAD_FORMAT {
            error = BAD_FORMAT;
        }
    }
    Err(error)
}

/// The handle of a module that is there already.
pub fn find(name: &OsStr) -> Result<Module, Win32Error> {
    if let Some(module) = played(name) {
        return Ok(module);
    }
    let own = program_path().unwrap_or_default();
    let asked = Path::new(last_component(name));
    if own.file_name() == asked.file_name() || own.file_name() == Some(asked.with_extension("").as_os_str()) {
        return Ok(program());
    }
    for candidate in candidates(name, 0) {
        if let Some(module) = dlopen(&candidate, libc::RTLD_NOW | libc::RTLD_NOLOAD) {
            close(module);
            return Ok(module);
        }
    }
    Err(NOT_FOUND)
}

/// The module that an address is in.
pub fn containing(address: *const c_void) -> Result<Module, Win32Error> {
    // SAFETY: a structure of pointers, for which zero is a value.
    let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
    // SAFETY: the address is looked up, not used.
    if unsafe { libc::dladdr(address, &mut info) } == 0 {
        return Err(NOT_FOUND);
    }
    if info.dli_fbase as usize == program() {
        return Ok(program());
    }
    // SAFETY: the name of the library it was found in.
    let file = unsafe { CStr::from_ptr(info.dli_fname) };
    let module = dlopen(OsStr::from_bytes(file.to_bytes()), libc::RTLD_NOW | libc::RTLD_NOLOAD).ok_or(NOT_FOUND)?;
    close(module);
    Ok(module)
}

fn close(module: Module) -> bool {
    // SAFETY: a handle of `dlopen` that is open.
    unsafe { libc::dlclose(module as *mut c_void) == 0 }
}

/// GetModuleHandleEx: the module stays until it is freed once more, or for good.
pub fn hold(module: Module, for_good: bool) -> Result<(), Win32Error> {
    let Kind::Opened(_) = kind(module)? else { return Ok(()) };
    let file = link_name(module).ok_or(NOT_FOUND)?;
    let flags = libc::RTLD_NOW | libc::RTLD_NOLOAD | if for_good { libc::RTLD_NODELETE } else { 0 };
    let again = dlopen(file.as_os_str(), flags).ok_or(NOT_FOUND)?;
    if for_good {
        close(again);
    } else {
        *OPENED.lock().get_or_insert_default().entry(again).or_insert(0) += 1;
    }
    Ok(())
}

/// FreeLibrary. The program and the played libraries stay.
pub fn free(module: Module) -> Result<(), Win32Error> {
    match kind(module)? {
        Kind::Program if module == 0 => Err(Win32Error::INVALID_HANDLE),
        Kind::Program | Kind::Played(_) => Ok(()),
        Kind::Opened(_) => {
            let mut opened = OPENED.lock();
            let opened_here = opened.get_or_insert_default();
            let count = opened_here.get_mut(&module).ok_or(NOT_FOUND)?;
            *count -= 1;
            // It may go away, and its handle with it.
            if *count == 0 {
                opened_here.remove(&module);
            }
            drop(opened);
            attach::unloading(|| close(module)).then_some(()).ok_or(NOT_FOUND)
        }
    }
}

/// The start of the record that the dynamic linker keeps of a library.
#[repr(C)]
struct Link {
    base: usize,
    name: *const libc::c_char,
    dynamic: *const c_void,
    next: *const Link,
}

unsafe extern "C" {
    fn dlinfo(handle: *mut c_void, request: c_int, answer: *mut c_void) -> c_int;
}

/// The file of an open library; `None` if the handle is none. The list of all libraries is searched, so any number may be asked
/// about.
fn link_name(module: Module) -> Option<PathBuf> {
    const RTLD_DI_LINKMAP: c_int = 2;
    let own = dlopen_self();
    let mut link: *const Link = std::ptr::null();
    // SAFETY: a handle of the program itself and a place for a pointer.
    if unsafe { dlinfo(own, RTLD_DI_LINKMAP, std::ptr::from_mut(&mut link).cast()) } != 0 {
        return None;
    }
    while !link.is_null() {
        // SAFETY: records of libraries that are loaded; handles are their addresses.
        let record = unsafe { &*link };
        if link as usize == module {
            // SAFETY: the name is a string.
            let name = unsafe { CStr::from_ptr(record.name) };
            return Some(OsStr::from_bytes(name.to_bytes()).into());
        }
        link = record.next;
    }
    None
}

fn dlopen_self() -> *mut c_void {
    // SAFETY: NULL is the program, which is always open.
    unsafe { libc::dlopen(std::ptr::null(), libc::RTLD_NOW) }
}

/// The program's file.
#[must_use]
pub fn program_path() -> Option<PathBuf> {
    std::env::current_exe().ok().map(|path| {
        // A file that was replaced while it runs is marked by the kernel.
        let bytes = path.as_os_str().as_bytes();
        match bytes.strip_suffix(b" (deleted)") {
            Some(bytes) => OsString::from_vec(bytes.to_vec()).into(),
            None => path,
        }
    })
}

/// The name of a module's file, in the Windows spelling.
pub fn file_name(module: Module) -> Result<OsString, Win32Error> {
    Ok(match kind(module)? {
        Kind::Program => to_windows(&program_path().ok_or(Win32Error::FILE_NOT_FOUND)?),
        Kind::Played(name) => format!(r"C:\Windows\system32\{name}.dll").into(),
        Kind::Opened(_) => to_windows(&link_name(module).ok_or(NOT_FOUND)?),
    })
}

/// The address behind a name in the program, the libraries it was linked with, or one that was opened.
#[must_use]
pub fn symbol(handle: *mut c_void, name: &CStr) -> Option<usize> {
    // SAFETY: NULL (all of them) or an open handle, and a string.
    let found = unsafe { libc::dlsym(handle, name.as_ptr()) };
    (!found.is_null()).then_some(found as usize)
}

/// The last error of a search that failed, and NULL.
pub fn none(error: Win32Error) -> Module {
    fail(error, 0)
}
