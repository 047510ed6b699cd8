//! Libraries of the user's own, as on Windows: a DLL is known by its file's name and found beside the program, and what others are linked
//! with is an import library. Here any shared library can be linked with, so that is a copy; at run time the name inside counts.
//!
//! A program has an import library, too, for the modules that it loads and that call it. On Linux a module takes what it misses from the
//! program, if that exports it, so such a library is an empty archive.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

/// What mingw's linker takes for `-lname`, where there is no library of Linux of that name.
const FORMS: &[(&str, &str)] =
    &[("lib", ".dll.a"), ("", ".dll.a"), ("lib", ".lib"), ("", ".lib"), ("lib", ".dll"), ("", ".dll")];
/// The same on Linux.
const LINUX: &[&str] = &[".so", ".a"];

/// What the linker takes for an archive without members.
const EMPTY_ARCHIVE: &[u8] = b"!<arch>\n";

/// What a link makes besides its output, and where it looks.
#[derive(Debug, Default)]
pub struct Dlls {
    /// `-o`.
    pub output: Option<PathBuf>,
    /// `--out-implib`.
    pub import_library: Option<PathBuf>,
    /// `-L`.
    directories: Vec<PathBuf>,
    /// `-Wl,-soname` was given.
    named: bool,
}

impl Dlls {
    /// Notes an option for the linker, and whether the next word belongs to it.
    pub fn note(&mut self, option: &str, value: Option<&OsString>) {
        if let Some(output) = option.strip_prefix("-o") {
            let glued = (!output.is_empty()).then(|| PathBuf::from(output));
            self.output = glued.or_else(|| value.map(PathBuf::from));
        } else if let Some(directory) = option.strip_prefix("-L") {
            let glued = (!directory.is_empty()).then(|| PathBuf::from(directory));
            self.directories.extend(glued.or_else(|| value.map(PathBuf::from)));
        } else if option.starts_with("-Wl,") && option.contains("-soname") {
            self.named = true;
        }
    }

    /// The options for the linker of a program or, `shared`, a library.
    pub fn link_flags(&self, shared: bool) -> Vec<OsString> {
        // A program finds its libraries beside itself, and a library those that it needs.
        let mut flags = vec!["-Wl,-rpath,$ORIGIN".into()];
        if let Some(name) = self.output.as_deref().and_then(Path::file_name).filter(|_| shared && !self.named) {
            // Without it the path that a program was linked with would be looked for, from wherever the program is started.
            let mut soname = OsString::from("-Wl,-soname,");
            soname.push(name);
            flags.push(soname);
        }
        if self.import_library.is_some() && !shared {
            flags.push("-Wl,--export-dynamic".into());
        }
        flags
    }

    /// An argument `-lname`, or the file that it means.
    pub fn library(&self, argument: &OsStr) -> OsString {
        let name = argument.to_str().and_then(|text| text.strip_prefix("-l")).filter(|name| !name.is_empty());
        name.and_then(|name| self.find(name)).unwrap_or_else(|| argument.into())
    }

    fn find(&self, name: &str) -> Option<OsString> {
        self.directories.iter().find_map(|directory| {
            if LINUX.iter().any(|suffix| directory.join(format!("lib{name}{suffix}")).exists()) {
                return Some(format!("-l{name}").into());
            }
            let forms = FORMS.iter().map(|(start, end)| directory.join(format!("{start}{name}{end}")));
            forms.into_iter().find(|file| file.is_file()).map(PathBuf::into_os_string)
        })
    }

    /// Makes the import library of what was linked, a program or, `shared`, a library.
    pub fn make_import_library(&self, shared: bool) -> Result<(), String> {
        let (Some(to), Some(from)) = (&self.import_library, &self.output) else { return Ok(()) };
        // Others may be linking with the one that was there.
        let mut new = to.clone().into_os_string();
        new.push(format!(".{}", std::process::id()));
        let made = if shared { fs::copy(from, &new).map(drop) } else { fs::write(&new, EMPTY_ARCHIVE) };
        made.and_then(|()| fs::rename(&new, to)).map_err(|error| format!("{} could not be made: {error}", to.display()))
    }
}
