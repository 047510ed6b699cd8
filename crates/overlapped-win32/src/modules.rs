//! The modules of a process: `Module32First` and its like of `tlhelp32.h`, `EnumProcessModules` of `psapi.h`.
//!
//! A module is a file that is mapped with code in it: the program first, then libraries in the order of their addresses, as /proc shows them.
//! In the calling process their handles are those that GetModuleHandle gives; in another one they are addresses.

use crate::arguments::{pair, store};
use crate::libloaderapi::modules::{containing, program};
use crate::names::to_windows;
use crate::processes::visible;
use crate::support::{Bool, RawHandle, guard_bool};
use overlapped_abi::Win32Error;
use std::ffi::{OsString, c_void};
use std::path::{Path, PathBuf};

/// A module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapped {
    pub path: PathBuf,
    pub base: usize,
    pub size: usize,
}

impl Mapped {
    /// The name of its file, in the Windows spelling.
    pub fn file(&self) -> OsString {
        to_windows(&self.path)
    }

    /// HMODULE, for the process that it is in.
    pub fn handle(&self, process: u32) -> usize {
        if process != std::process::id() {
            self.base
        } else {
            containing(self.base as *const c_void).unwrap_or(self.base)
        }
    }
}

/// The parts of a file that lie together are one module if one of them is code.
fn of_maps(text: &str, program: &Path) -> Vec<Mapped> {
    let mut found: Vec<(Mapped, bool)> = Vec::new();
    for line in text.lines() {
        let mut fields = line.split_whitespace();
        let (Some(range), Some(rights)) = (fields.next(), fields.next()) else { continue };
        let Some(path) = line.find('/').map(|at| Path::new(line[at..].trim_end_matches(" (deleted)"))) else {
            continue;
        };
        let bounds = range
            .split_once('-')
            .and_then(|(from, to)| Some((usize::from_str_radix(from, 16).ok()?, usize::from_str_radix(to, 16).ok()?)));
        let Some((from, to)) = bounds else { continue };
        let code = rights.as_bytes().get(2) == Some(&b'x');
        match found.last_mut().filter(|(last, _)| last.path == path) {
            Some((last, has_code)) => {
                last.size = to - last.base;
                *has_code |= code;
            }
            None => found.push((Mapped { path: path.to_path_buf(), base: from, size: to - from }, code)),
        }
    }
    let mut modules: Vec<Mapped> = found.into_iter().filter(|(_, code)| *code).map(|(module, _)| module).collect();
    modules.sort_by_key(|module| (module.path != program, module.base));
    modules
}

/// The modules of a process: 5 for one that may not be looked into, 87 for a number that is none's.
pub(crate) fn of_process(id: u32) -> Result<Vec<Mapped>, Win32Error> {
    let id = if id == 0 { std::process::id() } else { id };
    let text = std::fs::read_to_string(format!("/proc/{id}/maps")).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Win32Error::INVALID_PARAMETER,
        _ => Win32Error::ACCESS_DENIED,
    })?;
    let program = std::fs::read_link(format!("/proc/{id}/exe")).unwrap_or_default();
    Ok(of_maps(&text, &program))
}

/// EnumProcessModules: how many bytes all take, and as many handles as there is room for; the program's comes first.
///
/// # Safety
/// `to` is writable for `bytes` bytes, `needed` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_K32EnumProcessModules(
    process: RawHandle,
    to: *mut usize,
    bytes: u32,
    needed: *mut u32,
) -> Bool {
    guard_bool(|| {
        let id = visible(process)?.id();
        let all = of_process(id)?;
        let room = bytes as usize / size_of::<usize>();
        for (at, module) in all.iter().take(room).enumerate() {
            // SAFETY: there is room for so many.
            unsafe { to.add(at).write_unaligned(module.handle(id)) };
        }
        // SAFETY: the caller's promise.
        unsafe { store(needed, (all.len() * size_of::<usize>()) as u32) }
    })
}

/// EnumProcessModulesEx: all are of 64 bits (2), so a filter for others (1) finds none.
///
/// # Safety
/// As for [`ovl_K32EnumProcessModules`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_K32EnumProcessModulesEx(
    process: RawHandle,
    to: *mut usize,
    bytes: u32,
    needed: *mut u32,
    filter: u32,
) -> Bool {
    if filter == 1 {
        // SAFETY: the caller's promise.
        return guard_bool(|| unsafe { store(needed, 0) });
    }
    // SAFETY: the caller's promise.
    unsafe { ovl_K32EnumProcessModules(process, to, bytes, needed) }
}

/// MODULEINFO.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ModuleInformation {
    base: usize,
    size: u32,
    entry: usize,
}

/// GetModuleInformation: where a module is and how large; 6 for what is none.
///
/// # Safety
/// `to` is NULL (998) or writable for `bytes` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_K32GetModuleInformation(
    process: RawHandle,
    module: usize,
    to: *mut ModuleInformation,
    bytes: u32,
) -> Bool {
    guard_bool(|| {
        if (bytes as usize) < size_of::<ModuleInformation>() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        let id = visible(process)?.id();
        let own = id == std::process::id();
        let wanted = if own && module == 0 { program() } else { module };
        let found = of_process(id)?.into_iter().find(|one| one.handle(id) == wanted);
        let found = found.ok_or(Win32Error::INVALID_HANDLE)?;
        // SAFETY: the program's own header says where it begins.
        let entry = if own && wanted == program() { unsafe { libc::getauxval(libc::AT_ENTRY) as usize } } else { 0 };
        // SAFETY: the caller's promise.
        unsafe { store(to, ModuleInformation { base: found.base, size: found.size as u32, entry }) }
    })
}

pair! {
    /// GetMappedFileName: of the file that is mapped at an address, with the device as QueryDosDevice tells it; 0/487 if there is none.
    fn ovl_K32GetMappedFileNameA ovl_K32GetMappedFileNameW(process: RawHandle, address: usize, to: *mut C, size: u32) -> u32 {
        crate::support::guard_or(0, || {
            use crate::fileapi::dos_devices::native_name;
            use crate::text::Unit;
            let text = std::fs::read_to_string(format!("/proc/{}/maps", visible(process)?.id()));
            let text = text.map_err(|_| Win32Error::ACCESS_DENIED)?;
            let at = text.lines().find_map(|line| {
                let (from, rest) = line.split_once('-')?;
                let to = rest.split_once(' ')?.0;
                let holds = (usize::from_str_radix(from, 16).ok()?..usize::from_str_radix(to, 16).ok()?).contains(&address);
                line.find('/').filter(|_| holds).map(|at| &line[at..])
            });
            let name = C::from_os(&native_name(&to_windows(Path::new(at.ok_or(Win32Error(487))?)))?);
            if to.is_null() || size == 0 {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            let len = name.len().min(size as usize - 1);
            // SAFETY: not longer than the room.
            unsafe { crate::text::put(to, &name[..len]) };
            Ok(len as u32)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processthreadsapi::ovl_GetCurrentProcess;
    use crate::support::TRUE;

    #[test]
    fn modules_are_files_with_code() {
        let maps = "1000-2000 r--p 0 0:1 1  /bin/prog\n2000-4000 r-xp 0 0:1 1  /bin/prog\n5000-6000 r--s 0 0:1 2  /some/data\n\
            0500-0600 r-xp 0 0:1 3  /lib/low one.so (deleted)\n7000-8000 rw-p 0 0:0 0  [heap]\n";
        let modules = of_maps(maps, Path::new("/bin/prog"));
        let told: Vec<_> = modules.iter().map(|one| (one.path.to_str().unwrap(), one.base, one.size)).collect();
        assert_eq!(told, [("/bin/prog", 0x1000, 0x3000), ("/lib/low one.so", 0x500, 0x100)]);
    }

    #[test]
    fn the_program_is_its_first_module() {
        let (mut all, mut needed) = ([0usize; 256], 0);
        let process = ovl_GetCurrentProcess();
        // SAFETY: sizes are those of the buffers.
        unsafe {
            assert_eq!(ovl_K32EnumProcessModules(process, all.as_mut_ptr(), 2048, &raw mut needed), TRUE);
            assert_eq!(all[0], program());
            let mut information = ModuleInformation { base: 0, size: 0, entry: 0 };
            assert_eq!(ovl_K32GetModuleInformation(process, all[0], &raw mut information, 24), TRUE);
            let here = the_program_is_its_first_module as *const () as usize;
            assert!((information.base..information.base + information.size as usize).contains(&here));
            let mut name = [0u8; 300];
            let len = ovl_K32GetMappedFileNameA(process, here, name.as_mut_ptr(), 300) as usize;
            let file = to_windows(&std::env::current_exe().unwrap()).to_string_lossy().into_owned();
            let (told, path) = (String::from_utf8_lossy(&name[..len]), file.trim_start_matches("C:"));
            assert!(told.starts_with(r"\Device\") && told.ends_with(path), "{told}: {file}");
            assert_eq!(ovl_K32GetModuleInformation(process, 1, &raw mut information, 24), 0);
        }
        assert!(needed >= 16, "the C library is another one");
    }
}
