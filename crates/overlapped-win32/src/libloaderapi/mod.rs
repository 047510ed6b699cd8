//! `libloaderapi.h`: modules, and functions by their names.
//!
//! GetProcAddress on a library of Windows looks into a table of everything that this library exports, which the build script
//! makes from the sources; so it works in a statically linked program as well.

pub mod attach;
pub mod directories;
mod exports;
pub(crate) mod modules;

use crate::arguments::pair;
use crate::support::{Bool, guard_bool, guard_or, set_last_error};
use crate::text::{Unit, put, units};
use exports::export;
use modules::{Kind, Module};
use overlapped_abi::Win32Error;
use std::ffi::{CStr, c_char, c_void};

/// ERROR_PROC_NOT_FOUND.
const NO_SUCH_FUNCTION: Win32Error = Win32Error(127);
/// ERROR_INVALID_ORDINAL.
const NO_SUCH_NUMBER: Win32Error = Win32Error(182);
/// Flags of GetModuleHandleEx: the module stays for good; it is not held by the call; the name is an address.
const PIN: u32 = 1;
const UNCHANGED_REFCOUNT: u32 = 2;
const FROM_ADDRESS: u32 = 4;

/// GetProcAddress: NULL/127 if the module has no such function, NULL/182 for numbers instead of names.
///
/// # Safety
/// `name` is a string, or a number below 65536.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcAddress(module: Module, name: *const c_char) -> *const c_void {
    let found = guard_or(0, || {
        if (name as usize) < 0x1_0000 {
            return Err(NO_SUCH_NUMBER);
        }
        // SAFETY: the caller vouches for the string.
        let name = unsafe { CStr::from_ptr(name) };
        let found = match modules::kind(module)? {
            Kind::Program => modules::symbol(std::ptr::null_mut(), name).or_else(|| export(name.to_bytes())),
            Kind::Played("msvcrt" | "ucrtbase") => {
                export(name.to_bytes()).or_else(|| modules::symbol(std::ptr::null_mut(), name))
            }
            Kind::Played(_) => export(name.to_bytes()),
            Kind::Opened(handle) => modules::symbol(handle, name),
        };
        found.ok_or(NO_SUCH_FUNCTION)
    });
    found as *const c_void
}

pair! {
    /// GetModuleHandle: of the program for NULL; NULL/126 if it is not loaded.
    fn ovl_GetModuleHandleA ovl_GetModuleHandleW(name: *const C) -> Module {
        if name.is_null() {
            return modules::program();
        }
        // SAFETY: not NULL, and the caller vouches for it.
        guard_or(0, || modules::find(&C::to_os(unsafe { units(name) })))
    }
}

pair! {
    /// GetModuleHandleEx: with flag 4 `name` is an address in the module. The module is held until FreeLibrary; with flag 1 for good, with
    /// flag 2 not at all. 87 for both of these.
    fn ovl_GetModuleHandleExA ovl_GetModuleHandleExW(flags: u32, name: *const C, module: *mut Module) -> Bool {
        guard_bool(|| {
            let both = PIN | UNCHANGED_REFCOUNT;
            if module.is_null() || flags & !(both | FROM_ADDRESS) != 0 || flags & both == both {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let found = if name.is_null() {
                Ok(modules::program())
            } else if flags & FROM_ADDRESS != 0 {
                modules::containing(name.cast())
            } else {
                // SAFETY: not NULL, and the caller vouches for it.
                modules::find(&C::to_os(unsafe { units(name) }))
            };
            let held = found.and_then(|found| match flags & both {
                UNCHANGED_REFCOUNT => Ok(found),
                how => modules::hold(found, how == PIN).map(|()| found),
            });
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { module.write(*held.as_ref().unwrap_or(&0)) };
            held.map(drop)
        })
    }
}

pair! {
    /// GetModuleFileName: the length; if the buffer is too small as much as fits with a zero, and the size with last error 122.
    fn ovl_GetModuleFileNameA ovl_GetModuleFileNameW(module: Module, buffer: *mut C, size: u32) -> u32 {
        guard_or(0, || {
            let text = C::from_os(&modules::file_name(module)?);
            if size == 0 || buffer.is_null() {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            let fits = text.len() < size as usize;
            // SAFETY: what is put is not longer than the room.
            unsafe { put(buffer, &text[..text.len().min(size as usize - 1)]) };
            set_last_error(if fits { 0 } else { Win32Error::INSUFFICIENT_BUFFER.0 });
            Ok(if fits { text.len() as u32 } else { size })
        })
    }
}

pair! {
    /// LoadLibrary: a name of a library of Windows, or of one of Linux; `x.dll` is also looked for as `x.so` and `libx.so`,
    /// where [`directories`] says. NULL/126 if there is none, NULL/193 if it is no library of Linux, NULL/1114 if its DllMain says FALSE.
    fn ovl_LoadLibraryA ovl_LoadLibraryW(name: *const C) -> Module {
        if name.is_null() {
            return modules::none(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        guard_or(0, || modules::load(&C::to_os(unsafe { units(name) }), 0))
    }
}

const LOAD_WITH_ALTERED_SEARCH_PATH: u32 = 8;

pair! {
    /// LoadLibraryEx, as LoadLibrary. Of the flags those that choose directories count; LOAD_WITH_ALTERED_SEARCH_PATH goes with none of
    /// LOAD_LIBRARY_SEARCH_* (87).
    fn ovl_LoadLibraryExA ovl_LoadLibraryExW(name: *const C, file: usize, flags: u32) -> Module {
        let both = flags & LOAD_WITH_ALTERED_SEARCH_PATH != 0 && flags & directories::ALL != 0;
        if name.is_null() || file != 0 || both {
            return modules::none(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        guard_or(0, || modules::load(&C::to_os(unsafe { units(name) }), flags))
    }
}

/// FreeLibrary.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FreeLibrary(module: Module) -> Bool {
    guard_bool(|| modules::free(module))
}

/// FreeLibraryAndExitThread.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn ovl_FreeLibraryAndExitThread(module: Module, code: u32) -> ! {
    ovl_FreeLibrary(module);
    crate::processthreadsapi::ovl_ExitThread(code)
}

/// DisableThreadLibraryCalls.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_DisableThreadLibraryCalls(module: Module) -> Bool {
    guard_bool(|| {
        modules::kind(module)?;
        attach::silence(module);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::{FALSE, TRUE, last_error};
    use crate::text::of;

    fn handle(name: &CStr) -> Module {
        // SAFETY: a string.
        unsafe { ovl_GetModuleHandleA(name.as_ptr().cast()) }
    }

    fn address(module: Module, name: &CStr) -> *const c_void {
        // SAFETY: a string.
        unsafe { ovl_GetProcAddress(module, name.as_ptr()) }
    }

    #[test]
    fn functions_of_the_played_libraries() {
        let kernel = handle(c"KERNEL32.dll");
        assert!(
            kernel != 0 && kernel == handle(c"kernel32") && kernel == handle(c"C:\\Windows\\System32\\kernel32.dll")
        );
        assert_eq!(address(kernel, c"HeapAlloc"), crate::heapapi::ovl_HeapAlloc as *const c_void);
        assert_eq!(address(kernel, c"LoadLibraryW"), ovl_LoadLibraryW as *const c_void);
        assert_eq!((address(kernel, c"heapalloc").is_null(), last_error()), (true, 127));
        // SAFETY: a number instead of a name.
        assert_eq!((unsafe { ovl_GetProcAddress(kernel, 7 as *const c_char) }.is_null(), last_error()), (true, 182));
        assert!(!address(handle(c"msvcrt.dll"), c"malloc").is_null());
        assert_eq!((address(4, c"HeapAlloc").is_null(), last_error()), (true, 126));
        assert_eq!((ovl_FreeLibrary(kernel), ovl_FreeLibrary(3), last_error()), (TRUE, FALSE, 126));
    }

    #[test]
    fn libraries_of_linux() {
        for name in ["libm.so.6", "m.dll"] {
            let name = of::<u16>(&format!("{name}\0"));
            // SAFETY: a string.
            let module = unsafe { ovl_LoadLibraryW(name.as_ptr()) };
            if module == 0 {
                // Without development files there is no libm.so; a script of the linker has no ELF header.
                assert!(matches!(last_error(), 126 | 193));
                continue;
            }
            assert!(!address(module, c"cos").is_null() && address(module, c"no_such").is_null());
            let mut room = [0u16; 300];
            // SAFETY: the size is that of the buffer.
            let len = unsafe { ovl_GetModuleFileNameW(module, room.as_mut_ptr(), 300) };
            assert!(String::from_utf16_lossy(&room[..len as usize]).contains("libm"));
            assert_eq!(ovl_FreeLibrary(module), TRUE);
            // It was given back: a handle that is looked up, and not held, cannot be given back once more.
            assert_eq!((ovl_FreeLibrary(module), last_error()), (FALSE, 126));
        }
        // SAFETY: strings.
        unsafe {
            assert_eq!((ovl_LoadLibraryA(c"no_such_library.dll".as_ptr().cast()), last_error()), (0, 126));
            assert_eq!((ovl_LoadLibraryA(c"/etc/passwd".as_ptr().cast()), last_error()), (0, 193));
        }
    }

    #[test]
    fn a_handle_is_held_as_its_flags_say() {
        let (mut module, name) = (0, c"libc.so.6".as_ptr().cast());
        // SAFETY: strings, an address, and a place for the handle.
        unsafe {
            let mut ask = |flags, name| (ovl_GetModuleHandleExA(flags, name, &mut module), module, last_error());
            let (held, libc, _) = ask(0, name);
            assert!(held == TRUE && libc != 0);
            assert_eq!(ask(4, libc::strlen as *const u8).1, libc);
            assert_eq!(ask(2, name).1, libc);
            assert_eq!(ask(1, name).1, libc);
            assert_eq!((ask(3, name).0, last_error(), ask(8, name).0), (FALSE, 87, FALSE));
            assert_eq!([0; 3].map(|_| ovl_FreeLibrary(libc)), [TRUE, TRUE, FALSE]);
        }
    }

    #[test]
    fn the_program() {
        let (mut room, mut module) = ([0u8; 500], 0);
        // SAFETY: the sizes are those of the buffers.
        unsafe {
            let len = ovl_GetModuleFileNameA(0, room.as_mut_ptr(), 500) as usize;
            let own = std::env::current_exe().unwrap();
            assert_eq!((&room[..2], &room[len - 4..len]), (&b"C:"[..], &own.to_str().unwrap().as_bytes()[len - 6..]));
            assert_eq!((ovl_GetModuleFileNameA(0, room.as_mut_ptr(), 5), last_error(), room[4]), (5, 122, 0));
            let name = of::<u8>(&format!("{}.exe\0", own.file_name().unwrap().to_str().unwrap()));
            assert_eq!(ovl_GetModuleHandleA(name.as_ptr()), ovl_GetModuleHandleA(std::ptr::null()));
            let here = ovl_GetProcAddress as *const u8;
            assert_eq!((ovl_GetModuleHandleExA(4, here, &mut module), module), (TRUE, modules::program()));
            assert_eq!((ovl_GetModuleHandleExA(0, c"nothing".as_ptr().cast(), &mut module), module), (FALSE, 0));
        }
    }
}
