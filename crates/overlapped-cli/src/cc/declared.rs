//! Functions of Windows that a program has declared itself: `extern "C" __declspec(dllimport) int __stdcall IsDebuggerPresent();`
//!
//! Our headers say that the symbol is `ovl_IsDebuggerPresent`; whoever leaves them out asks the linker for the plain name. If it finds
//! none, a small object is added in which each such name leads to the library's function, and the program is linked once more. What
//! libc has under the same name is never missed, so it stays libc's. Drawback: such a program is linked twice.

use super::{advice, cache};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The functions that a linker has missed, and that the library has.
pub fn missed(messages: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(messages);
    // C++ without `extern "C"` shows parameters; that is another function.
    let missed = text.lines().filter(|line| line.contains("undefined reference to") && !line.ends_with(")'"));
    missed.filter_map(advice::missing_name).filter(|name| advice::is_here(name)).map(ToOwned::to_owned).collect()
}

/// An object in which these names lead to the library.
pub fn object(names: &BTreeSet<String>, compiler: &[OsString]) -> Result<PathBuf, String> {
    let jump = |name: &String| {
        let there = if cfg!(target_arch = "aarch64") { format!("b ovl_{name}") } else { format!("jmp ovl_{name}@PLT") };
        format!(".globl {name}\n.type {name}, %function\n{name}: {there}\n")
    };
    let text =
        format!(".text\n{}.section .note.GNU-stack,\"\",%progbits\n", names.iter().map(jump).collect::<String>());
    let directory = cache::directory("declared", [(Path::new("names.s"), text.as_bytes())].into_iter())?;
    let object = directory.join("names.o");
    if !object.exists() {
        let new = directory.join(format!("names.{}.o", std::process::id()));
        let made = Command::new(&compiler[0])
            .args(&compiler[1..])
            .arg("-c")
            .arg(directory.join("names.s"))
            .arg("-o")
            .arg(&new)
            .output();
        let made = made.map_err(|error| super::command::not_started(&compiler[0], &error))?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned());
        }
        std::fs::rename(&new, &object).map_err(|error| format!("{} could not be made: {error}", object.display()))?;
    }
    Ok(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_library_has_is_led_to_it() {
        let said =
            b"/usr/bin/ld: a.o: in function `main':\na.c:(.text+0x5): undefined reference to `IsDebuggerPresent'\n\
            a.c:(.text+0x9): undefined reference to `my_own'\na.c:3: undefined reference to `ovl_CloseHandle'\n\
            a.cpp:3: undefined reference to `ReadFile(void*)'\n";
        assert_eq!(missed(said).into_iter().collect::<Vec<_>>(), ["IsDebuggerPresent"]);
    }
}
