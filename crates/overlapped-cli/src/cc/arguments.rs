//! The arguments as gcc writes them: response files are read, options of Microsoft's compiler translated ([`msvc`]), names with
//! backslashes found, and what is for other tools of Windows left out.

use super::command::IMPORT_LIBRARY;
use super::msvc::{self, Meaning};
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// What was understood.
#[derive(Debug, Default)]
pub struct Arguments {
    /// For gcc.
    pub plain: Vec<OsString>,
    /// What the user should know.
    pub notes: Vec<String>,
    /// `/Fo`: the object file, or with a slash at the end its directory.
    object: Option<String>,
    /// There are options of Microsoft's compiler, so names of outputs are as it makes them.
    microsoft: bool,
    /// After `/link`.
    for_linker: bool,
    /// `-Wl,` and an option whose value is the next `-Wl,`.
    unfinished: Option<&'static str>,
}

/// Response files in response files.
const DEPTH: u32 = 16;
/// Inputs of tools that Linux does not need, and what becomes of them.
const OTHERS: &[(&str, &str)] = &[
    ("rc", "resources are not linked in, and FindResource finds none"),
    ("res", "resources are not linked in, and FindResource finds none"),
    ("def", "a shared library exports all its functions that are not static"),
    ("manifest", "there are no manifests on Linux"),
];
/// Options of mingw's linker that mean nothing here, also with `=` and a value.
const MINGW_LINKER: &[&str] = &[
    "--enable-auto-import",
    "--disable-auto-import",
    "--enable-auto-image-base",
    "--enable-runtime-pseudo-reloc",
    "--enable-stdcall-fixup",
    "--kill-at",
    "--add-stdcall-alias",
    "--nxcompat",
    "--no-seh",
    "--exclude-all-symbols",
    "--dynamicbase",
    "--disable-dynamicbase",
    "--high-entropy-va",
    "--disable-high-entropy-va",
    "--large-address-aware",
    "--no-insert-timestamp",
    "--tsaware",
];
/// Those whose value may be the next word.
const MINGW_LINKER_VALUED: &[&str] = &[
    "--subsystem",
    "--out-implib",
    "--output-def",
    "--image-base",
    "--file-alignment",
    "--section-alignment",
    "--major-image-version",
    "--minor-image-version",
    "--major-os-version",
    "--minor-os-version",
    "--major-subsystem-version",
    "--minor-subsystem-version",
    "--entry",
    "-e",
];
/// After these comes a file that is written.
const OUTPUTS: &[&str] = &["-o", "-MF", "-MT", "-MQ"];

impl Arguments {
    /// Understands a command line.
    pub fn new(given: Vec<OsString>) -> Result<Self, String> {
        let mut arguments = Self::default();
        for argument in given {
            arguments.expand(argument, 0)?;
        }
        arguments.name_outputs()?;
        Ok(arguments)
    }

    /// `@file` stands for the words in that file; if it cannot be read, for itself, as with gcc.
    fn expand(&mut self, argument: OsString, depth: u32) -> Result<(), String> {
        let text = argument.to_string_lossy().into_owned();
        let file = text.strip_prefix('@').and_then(|name| fs::read(slashed(name)).ok());
        let Some(bytes) = file else {
            self.take(argument, &text);
            return Ok(());
        };
        if depth == DEPTH {
            return Err(format!("{text} is in itself"));
        }
        words(&decoded(&bytes)).into_iter().try_for_each(|word| self.expand(word.into(), depth + 1))
    }

    fn take(&mut self, argument: OsString, text: &str) {
        if self.plain.last().is_some_and(|last| OUTPUTS.iter().any(|option| last == option)) {
            self.plain.push(text.replace('\\', "/").into());
        } else if self.for_linker && text.starts_with(['/', '-']) {
            self.plain.extend(msvc::linker(&text[1..]).into_iter().map(OsString::from));
        } else if let Some(option) = text.strip_prefix('/').filter(|_| !Path::new(text).exists())
            && let Some(meaning) = msvc::compiler(option)
        {
            self.microsoft = true;
            match meaning {
                Meaning::Words(words) => self.plain.extend(words.into_iter().map(OsString::from)),
                Meaning::Object(name) => self.object = Some(name),
                Meaning::Linker => self.for_linker = true,
            }
        } else if let Some((suffix, why)) = other(text) {
            self.notes.push(format!("{text} is left out: {why} (.{suffix})"));
        } else if text == "-static" {
            // Of the compiler's own libraries, as with mingw: the C library looks up names and users by shared ones.
            self.plain.push("--static-overlapped".into());
        } else if let Some(options) = text.strip_prefix("-Wl,") {
            let kept = self.without_mingws(options);
            self.plain.extend(kept.map(OsString::from));
        } else {
            self.plain.push(natural(argument, text));
        }
    }

    /// `-Wl,` and these options, of which there may be several, but for those that only mingw's linker knows.
    fn without_mingws(&mut self, options: &str) -> Option<String> {
        let mut kept = Vec::new();
        for word in options.split(',') {
            let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let valued = MINGW_LINKER_VALUED.iter().find(|known| **known == name);
            if let Some(option) = self.unfinished.take() {
                self.take_mingws(option, word);
            } else if let Some(option) = valued {
                match value {
                    Some(value) => self.take_mingws(option, value),
                    None => self.unfinished = Some(option),
                }
            } else if word == "--export-all-symbols" {
                kept.push("--export-dynamic");
            } else if !MINGW_LINKER.contains(&name) {
                kept.push(word);
            }
        }
        (!kept.is_empty()).then(|| format!("-Wl,{}", kept.join(",")))
    }

    fn take_mingws(&mut self, option: &str, value: &str) {
        if option == "--out-implib" {
            self.plain.push(format!("{IMPORT_LIBRARY}{}", value.replace('\\', "/")).into());
        } else if matches!(option, "--entry" | "-e") && !value.ends_with("CRTStartup") {
            // What starts a program of mingw's C library is not there; an entry of the program's own is.
            self.plain.push(format!("-Wl,-e,{value}").into());
        }
    }

    /// What Microsoft's compiler would call its outputs, if they are not named.
    fn name_outputs(&mut self) -> Result<(), String> {
        self.name_program()?;
        let value = |option: &str| self.plain.iter().skip_while(|argument| *argument != option).nth(1);
        if self.microsoft
            && self.plain.iter().any(|argument| argument == "-shared")
            && !self.plain.iter().any(|argument| argument.to_string_lossy().starts_with(IMPORT_LIBRARY))
            && let Some(library) = value("-o").map(|output| Path::new(output).with_extension("lib"))
        {
            self.plain.push(format!("{IMPORT_LIBRARY}{}", library.display()).into());
        }
        Ok(())
    }

    fn name_program(&mut self) -> Result<(), String> {
        let has = |option: &str| self.plain.iter().any(|argument| argument == option);
        if !self.microsoft || has("-o") || has("-E") || has("-fsyntax-only") {
            return Ok(());
        }
        let sources: Vec<&str> = self.plain.iter().filter_map(|argument| argument.to_str()).filter(source).collect();
        let stem = |source: &str| Path::new(source).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let output = match (has("-c"), &sources[..]) {
            (false, [first, ..]) if has("-shared") => stem(first).map(|stem| format!("{stem}.dll")),
            (false, [first, ..]) => stem(first),
            (true, [only]) => match &self.object {
                Some(name) if !name.ends_with('/') => Some(name.clone()),
                directory => stem(only).map(|stem| format!("{}{stem}.obj", directory.as_deref().unwrap_or(""))),
            },
            (true, [_, _, ..]) if self.object.is_some() => {
                return Err("/Fo is understood for one source at a time".into());
            }
            _ => None,
        };
        self.plain.extend(output.into_iter().flat_map(|name| ["-o".into(), name.into()]));
        Ok(())
    }
}

fn source(name: &&str) -> bool {
    let suffix = Path::new(name).extension().and_then(|suffix| suffix.to_str()).unwrap_or("");
    !name.starts_with('-') && ["c", "cpp", "cc", "cxx"].iter().any(|known| suffix.eq_ignore_ascii_case(known))
}

/// Is it for another tool?
fn other(text: &str) -> Option<&'static (&'static str, &'static str)> {
    let suffix = Path::new(text).extension().filter(|_| !text.starts_with('-'))?;
    OTHERS.iter().find(|(other, _)| suffix.eq_ignore_ascii_case(other))
}

/// With slashes where that is what names the file or directory.
fn natural(argument: OsString, text: &str) -> OsString {
    let name = ["-I", "-L", "-iquote", "-isystem", "-include"]
        .iter()
        .find_map(|option| text.strip_prefix(option))
        .unwrap_or(text);
    let slashed = slashed(name);
    if slashed == name { argument } else { format!("{}{slashed}", &text[..text.len() - name.len()]).into() }
}

fn slashed(name: &str) -> String {
    let slashed = name.replace('\\', "/");
    if !Path::new(name).exists() && Path::new(&slashed).exists() { slashed } else { name.into() }
}

/// The text of a response file; Microsoft's tools also write UTF-16.
fn decoded(bytes: &[u8]) -> String {
    let units = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, ..] => units(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => units(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)).into_owned(),
    }
}

/// Words between white space; quotes keep it. A backslash escapes white space, quotes and itself, and is part of a Windows name elsewhere.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' if characters.peek().is_some_and(|c| c.is_whitespace() || "\"'\\".contains(*c)) => {
                word.get_or_insert_default().extend(characters.next());
            }
            '"' | '\'' if quote.is_none() => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            c if quote == Some(c) => quote = None,
            c if c.is_whitespace() && quote.is_none() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(line: &str) -> String {
        let arguments = Arguments::new(line.split(' ').map(OsString::from).collect()).unwrap();
        arguments.plain.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn options_of_microsofts_compiler_are_translated() {
        assert_eq!(
            plain("/nologo /W4 /O2 /DNAME=1 /D OTHER /Iinc /EHsc /MT /std:c++17 main.cpp /Fe:out.exe"),
            "-Wall -Wextra -O2 -DNAME=1 -D OTHER -Iinc -std=gnu++17 main.cpp -o out.exe"
        );
        assert_eq!(plain("/c main.c"), "-c main.c -o main.obj");
        assert_eq!(plain("/c /Foobj\\ src/main.c"), "-c src/main.c -o obj/main.obj");
        assert_eq!(plain("/c a.c b.c"), "-c a.c b.c");
        assert_eq!(plain("/nologo a.c b.c"), "a.c b.c -o a");
        assert_eq!(
            plain("/LD a.c /link /OUT:a.dll /SUBSYSTEM:CONSOLE /LIBPATH:libs ws2_32.lib"),
            "-shared -fPIC a.c -o a.dll -Llibs ws2_32.lib --out-implib=a.lib"
        );
        assert_eq!(plain("/LD src/a.c"), "-shared -fPIC src/a.c -o a.dll --out-implib=a.lib");
        assert_eq!(plain("a.c /no/such/file -o a"), "a.c /no/such/file -o a");
        assert!(Arguments::new(["/c", "/Foobj/", "a.c", "b.c"].map(OsString::from).into()).is_err());
    }

    #[test]
    fn words_of_a_response_file_are_as_gcc_and_microsoft_write_them() {
        assert_eq!(
            words("-o out\r\n'a b' \"c d\"e\\ f src\\main.c \"\""),
            ["-o", "out", "a b", "c de f", "src\\main.c", ""]
        );
        assert_eq!(words("-DNAME=\\\"x\\\" a\\\\b"), ["-DNAME=\"x\"", "a\\b"]);
        assert_eq!(decoded(b"\xFF\xFEa\0b\0"), "ab");
        assert_eq!(decoded(b"\xEF\xBB\xBFab"), "ab");
    }

    #[test]
    fn what_is_for_other_tools_is_left_out_and_said() {
        let cmake = "-Wl,--out-implib,a.dll.a,--export-all-symbols,--gc-sections,--image-base=0x10000";
        let given = ["a.c", "app.rc", "App.RES", "-Wl,--subsystem,windows", "-static", cmake, "-o", "x.def"];
        let arguments = Arguments::new(given.map(OsString::from).into()).unwrap();
        assert_eq!(
            arguments.plain,
            ["a.c", "--static-overlapped", "--out-implib=a.dll.a", "-Wl,--export-dynamic,--gc-sections", "-o", "x.def"]
        );
        assert_eq!(plain("-Wl,--out-implib -Wl,lib\\a.dll.a -Wl,-O1"), "--out-implib=lib/a.dll.a -Wl,-O1");
        assert_eq!(plain("-Wl,--nxcompat,-e,mainCRTStartup,-O1 -Wl,--entry=wmainCRTStartup"), "-Wl,-O1");
        assert_eq!(plain("-Wl,-e,begin -Wl,--entry=begin"), "-Wl,-e,begin -Wl,-e,begin");
        assert_eq!(arguments.notes.len(), 2);
        assert!(arguments.notes[0].starts_with("app.rc is left out"));
    }

    #[test]
    fn a_response_file_in_itself_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let name = directory.path().join("again");
        fs::write(&name, format!("@{}", name.display())).unwrap();
        assert!(Arguments::new(vec![format!("@{}", name.display()).into()]).is_err());
        assert_eq!(plain("@not-there"), "@not-there");
    }
}
