//! Files that are made once: each set has a directory whose name tells their contents, so it never changes once it is there, and
//! dependency files of make may mention it.

use std::fs;
use std::path::{Path, PathBuf};

/// `$XDG_CACHE_HOME/overlapped`, else `~/.cache/overlapped`.
fn root() -> Result<PathBuf, String> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
    cache
        .map(|cache| cache.join("overlapped"))
        .ok_or_else(|| "there is no place for headers; set HOME or XDG_CACHE_HOME".into())
}

/// FNV-1a: contents are ours or the user's own, so nobody looks for collisions.
fn hash<'a>(parts: impl Iterator<Item = &'a [u8]>) -> u64 {
    parts
        .flat_map(|part| part.iter().chain(&[0]))
        .fold(0xCBF2_9CE4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3))
}

/// The directory of these files, which are written unless they are there.
pub fn directory<'a>(kind: &str, files: impl Iterator<Item = (&'a Path, &'a [u8])> + Clone) -> Result<PathBuf, String> {
    let parts = files.clone().flat_map(|(path, bytes)| [path.as_os_str().as_encoded_bytes(), bytes]);
    let directory = root()?.join(format!("{kind}-{}-{:016x}", env!("CARGO_PKG_VERSION"), hash(parts)));
    if !directory.is_dir() {
        write(&directory, files).map_err(|error| format!("{} could not be written: {error}", directory.display()))?;
    }
    Ok(directory)
}

/// Writes elsewhere first: several compilers may run at once.
fn write<'a>(directory: &Path, files: impl Iterator<Item = (&'a Path, &'a [u8])>) -> std::io::Result<()> {
    let new = directory.with_extension(format!("new-{}", std::process::id()));
    for (path, bytes) in files {
        let path = new.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&new))?;
        fs::write(path, bytes)?;
    }
    fs::create_dir_all(&new)?;
    match fs::rename(&new, directory) {
        Err(_) if directory.is_dir() => fs::remove_dir_all(&new),
        renamed => renamed,
    }
}
