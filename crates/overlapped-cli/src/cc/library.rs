//! The library that programs are linked with, and the object that starts those without a `main`.

use super::{cache, headers, own_names};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where Debian has libraries.
const MULTIARCH: &str =
    if cfg!(target_arch = "aarch64") { "../lib/aarch64-linux-gnu" } else { "../lib/x86_64-linux-gnu" };
const SHARED: &str = "liboverlapped_win32.so";
const SONAME: &str = "liboverlapped_win32.so.0";
const STATIC: &str = "liboverlapped_win32.a";

/// The linker's arguments for the library.
pub fn arguments(linked_in: bool, compiler: &[OsString]) -> Result<Vec<OsString>, String> {
    let file = if linked_in { STATIC } else { SHARED };
    let directory = find(file)?;
    let mut library = directory.join(file);
    if linked_in {
        library = own_names::protected(&library, compiler)?;
    }
    let mut arguments = vec![library.into_os_string()];
    if linked_in {
        arguments.extend(["-lpthread", "-ldl", "-lm", "-lgcc_s"].map(OsString::from));
    } else {
        provide_soname(&directory)?;
        let mut rpath = OsString::from("-Wl,-rpath,");
        rpath.push(&directory);
        // The mathematics that Microsoft's C library has.
        arguments.extend([rpath, "-lm".into()]);
    }
    Ok(arguments)
}

/// Beside this program, as cargo leaves it, or where an installation has it.
fn find(file: &str) -> Result<PathBuf, String> {
    if let Some(directory) = std::env::var_os("OVERLAPPED_LIB").filter(|value| !value.is_empty()) {
        let directory = PathBuf::from(directory);
        let found = directory.canonicalize().ok().filter(|directory| directory.join(file).is_file());
        return found.ok_or_else(|| format!("OVERLAPPED_LIB is {}, and there is no {file} there", directory.display()));
    }
    let exe = std::env::current_exe().and_then(|exe| exe.canonicalize()).unwrap_or_default();
    let here = exe.parent().unwrap_or(Path::new("/"));
    let places = ["", "../lib", "../lib64", MULTIARCH];
    let found =
        places.iter().filter_map(|place| here.join(place).canonicalize().ok()).find(|place| place.join(file).is_file());
    found.ok_or_else(|| {
        let here = here.display();
        format!("{file} is not beside {here}; build it with `cargo build -p overlapped-win32-library`, install it, or set OVERLAPPED_LIB")
    })
}

/// Programs look for the library under its soname; cargo does not make that name.
fn provide_soname(directory: &Path) -> Result<(), String> {
    let link = directory.join(SONAME);
    if link.exists() {
        return Ok(());
    }
    match std::os::unix::fs::symlink(SHARED, &link) {
        Err(error) if !link.exists() => {
            Err(format!("{} could not be made: {error}; link it to {SHARED}", link.display()))
        }
        _ => Ok(()),
    }
}

/// The object with the weak `main`, or the one that calls a library's DllMain, compiled once for each compiler.
pub fn start(compiler: &[OsString], of_library: bool) -> Result<PathBuf, String> {
    let name = compiler.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let source = headers::text(if of_library { "ovl/start_library.c" } else { "ovl/start.c" });
    let files = [(Path::new("start.c"), source.as_bytes()), (Path::new("compiler"), name.as_bytes())];
    let directory = cache::directory("start", files.into_iter())?;
    let object = directory.join("start.o");
    if object.is_file() {
        return Ok(object);
    }
    let new = directory.join(format!("start-{}.o", std::process::id()));
    let status = Command::new(&compiler[0])
        .args(&compiler[1..])
        .args(["-x", "c", "-std=gnu11", "-O2", "-fPIC", "-c"])
        .arg(directory.join("start.c"))
        .arg("-o")
        .arg(&new)
        .status();
    match status {
        Ok(status) if status.success() => {}
        Ok(_) => return Err("the start object could not be compiled".into()),
        Err(error) => return Err(super::command::not_started(&compiler[0], &error)),
    }
    std::fs::rename(&new, &object).map_err(|error| format!("{} could not be made: {error}", object.display()))?;
    Ok(object)
}
