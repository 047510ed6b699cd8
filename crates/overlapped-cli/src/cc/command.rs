//! The compiler's command line: what is understood of it, and what is added.

use super::dlls::Dlls;
use super::import_libraries::is_windows_library;
use super::overlay::{Needs, Search};
use super::rewritten::Placed;
use super::{advice, declared, headers, library, suffixes, windows_only};
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode, Stdio};

/// The language of `ovl cc` and `ovl c++`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// By suffix.
    C,
    /// All is C++.
    Cxx,
}

/// Which flags to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Print {
    All,
    Compile,
    Link,
}

/// A parsed command line.
#[derive(Debug)]
pub struct Command {
    language: Language,
    /// What goes to the compiler, without libraries of Windows.
    rest: Vec<OsString>,
    sources: Vec<PathBuf>,
    /// Which of the sources are C++.
    cxx: Vec<bool>,
    /// What `-x` has said of the files that follow: C++, or another language.
    named: Option<bool>,
    search: Search,
    /// `-c`, `-E` and the like: nothing is linked.
    no_link: bool,
    /// `-shared` and the like: linked without an entry point.
    no_start: bool,
    /// `-shared`.
    shared: bool,
    /// The code is to be for any address in a particular way.
    has_pic: bool,
    /// There is something to compile or to link.
    inputs: bool,
    cc: Option<OsString>,
    linked_in: bool,
    dlls: Dlls,
    print: Option<Print>,
    windows_only: bool,
    show: bool,
    /// `--help`.
    pub help: bool,
}

/// Options whose value is the next argument.
const WITH_VALUE: &[&str] = &[
    "-o",
    "-D",
    "-U",
    "-L",
    "-l",
    "-x",
    "-T",
    "-u",
    "-z",
    "-B",
    "-e",
    "-G",
    "-MF",
    "-MT",
    "-MQ",
    "-include",
    "-imacros",
    "-aux-info",
    "-isysroot",
    "-iprefix",
    "-target",
    "-arch",
    "-Xlinker",
    "-Xpreprocessor",
    "-Xassembler",
    "-Xclang",
    "--param",
    "-wrapper",
];
/// Options whose value, glued or next, is a directory to search.
const DIRECTORIES: &[&str] = &["-iquote", "-isystem", "-idirafter", "-I"];
const NO_LINK: &[&str] =
    &["-c", "-S", "-E", "-M", "-MM", "-fsyntax-only", "--version", "-dumpversion", "-dumpmachine", "-v", "-###"];
const NO_START: &[&str] = &["-shared", "-r", "-nostartfiles", "-nostdlib"];
const PIC: &[&str] = &["-fPIC", "-fpic", "-fPIE", "-fpie", "-fno-pic", "-fno-PIC", "-fno-pie", "-fno-PIE"];
const CXX_SUFFIXES: &[&str] = &["cpp", "cc", "cxx", "cp", "c++", "ii"];
/// Options of mingw's gcc that mean nothing here.
const MINGW: &[&str] = &["-mwindows", "-mconsole", "-municode", "-mthreads", "-mdll", "-static-libgcc"];

/// The name of the import library to make follows; as [`super::arguments`] hands it on.
pub const IMPORT_LIBRARY: &str = "--out-implib=";

/// Set for the compiler that is started: a variable CC that leads here again is not heeded a second time.
const INSIDE: &str = "OVERLAPPED_CC";

/// Was this started as the compiler of another `ovl cc`, by a script that `$CC` names?
pub fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Does what the outer one has worked out, and adds nothing: the compiler, without what only `ovl cc` knows.
pub fn pass_on(language: Language, arguments: Vec<OsString>) -> Result<ExitCode, String> {
    let own = |argument: &OsString| {
        let text = argument.to_string_lossy();
        ["--show", "--static-overlapped", "--windows-only"].contains(&&*text) || text.starts_with("--cc=")
    };
    let mut line = Command::parse(language, Vec::new()).compiler();
    line.extend(arguments.into_iter().filter(|argument| !own(argument)));
    Ok(exit_code(start(&line, false)?.0))
}

fn exit_code(status: process::ExitStatus) -> ExitCode {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// By its suffix, in which case does not matter on Windows: MAIN.C is C.
fn is_cxx(source: &Path) -> bool {
    source.extension().is_some_and(|suffix| CXX_SUFFIXES.iter().any(|cxx| suffix.eq_ignore_ascii_case(cxx)))
}

/// Would gcc itself take this suffix for what it is?
fn is_plain(source: &Path) -> bool {
    source
        .extension()
        .is_some_and(|suffix| suffix == "c" || suffix == "CPP" || CXX_SUFFIXES.iter().any(|cxx| suffix == *cxx))
}

fn is_source(path: &Path) -> bool {
    is_cxx(path) || path.extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("c"))
}

/// The sentence for a compiler that does not start.
pub fn not_started(compiler: &OsStr, error: &io::Error) -> String {
    let name = compiler.display();
    match error.kind() {
        io::ErrorKind::NotFound => format!("{name} was not found; install it, or name another with --cc"),
        _ => format!("{name} could not be started: {error}"),
    }
}

impl Command {
    /// Sorts the arguments.
    pub fn parse(language: Language, arguments: Vec<OsString>) -> Self {
        let mut command = Self {
            language,
            rest: Vec::new(),
            sources: Vec::new(),
            cxx: Vec::new(),
            named: None,
            search: Search::default(),
            no_link: false,
            no_start: false,
            shared: false,
            has_pic: false,
            inputs: false,
            cc: None,
            linked_in: false,
            dlls: Dlls::default(),
            print: None,
            windows_only: false,
            show: false,
            help: false,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            command.take(argument, &mut arguments);
        }
        command
    }

    fn take(&mut self, argument: OsString, more: &mut impl Iterator<Item = OsString>) {
        let text = argument.to_string_lossy().into_owned();
        let own = match text.as_str() {
            "--help" => Some(&mut self.help),
            "--show" => Some(&mut self.show),
            "--static-overlapped" => Some(&mut self.linked_in),
            "--windows-only" => Some(&mut self.windows_only),
            _ => None,
        };
        if let Some(flag) = own {
            *flag = true;
        } else if let Some(name) = text.strip_prefix("--cc=") {
            self.cc = Some(name.into());
        } else if let Some(name) = text.strip_prefix(IMPORT_LIBRARY) {
            self.dlls.import_library = Some(name.into());
        } else if let Some(what) = text.strip_prefix("--print-flags") {
            self.print = Some(match what {
                "=compile" => Print::Compile,
                "=link" => Print::Link,
                _ => Print::All,
            });
        } else if text.starts_with('-') && text.len() > 1 {
            self.take_option(argument, &text, more);
        } else {
            self.take_file(argument, &text);
        }
    }

    fn take_option(&mut self, argument: OsString, text: &str, more: &mut impl Iterator<Item = OsString>) {
        self.no_link |= NO_LINK.contains(&text);
        self.no_start |= NO_START.contains(&text);
        self.shared |= text == "-shared";
        self.has_pic |= PIC.contains(&text);
        let library = text.strip_prefix("-l").filter(|name| !name.is_empty());
        if MINGW.contains(&text) || library.is_some_and(is_windows_library) {
            return;
        }
        if let Some(option) = DIRECTORIES.iter().find(|option| text.starts_with(**option)) {
            let glued = &text[option.len()..];
            let value = (!glued.is_empty()).then(|| OsString::from(glued));
            self.rest.push(argument);
            let directory = value.or_else(|| {
                let next = more.next()?;
                self.rest.push(next.clone());
                Some(next)
            });
            let list = if *option == "-iquote" { &mut self.search.quoted } else { &mut self.search.all };
            list.extend(directory.map(PathBuf::from));
            return;
        }
        let value = if WITH_VALUE.contains(&text) { more.next() } else { None };
        if let Some(name) = text.strip_prefix("-x") {
            let name = value.as_ref().map_or(name.into(), |value| value.to_string_lossy());
            self.named = (name != "none").then(|| name.starts_with("c++"));
        }
        if text == "-l" && value.as_ref().is_some_and(|name| is_windows_library(&name.to_string_lossy())) {
            return;
        }
        self.inputs |= library.is_some();
        self.dlls.note(text, value.as_ref());
        self.rest.push(argument);
        self.rest.extend(value);
    }

    fn take_file(&mut self, argument: OsString, text: &str) {
        let stem = text
            .len()
            .checked_sub(4)
            .filter(|&at| text.is_char_boundary(at) && text[at..].eq_ignore_ascii_case(".lib"));
        if stem.is_some_and(|at| is_windows_library(&text[..at])) {
            return;
        }
        self.inputs = true;
        let path = PathBuf::from(&argument);
        if is_source(&path) {
            let cxx = self.named.unwrap_or(is_cxx(&path) || self.language == Language::Cxx);
            if self.named.is_none() && self.language == Language::C && !is_plain(&path) {
                let name = if cxx { "c++" } else { "c" };
                self.rest.extend(["-x".into(), name.into(), argument, "-x".into(), "none".into()]);
            } else {
                self.rest.push(argument);
            }
            self.cxx.push(cxx);
            self.sources.push(path);
        } else {
            self.rest.push(argument);
        }
    }

    /// The compiler, with words of `$CC` that belong to it (`ccache gcc`).
    fn compiler(&self) -> Vec<OsString> {
        let (variable, default) = match self.language {
            Language::C => ("CC", "gcc"),
            Language::Cxx => ("CXX", "g++"),
        };
        if let Some(name) = &self.cc {
            return vec![self.for_language(name)];
        }
        let words = std::env::var(variable).unwrap_or_default();
        let words: Vec<OsString> = words.split_whitespace().map(OsString::from).collect();
        // Where make and CMake are told to compile with `ovl cc`, that is not what `ovl cc` itself is to call; nor is a script that does.
        let ours = words.iter().any(|word| Path::new(word).file_name().is_some_and(|name| name == "ovl"));
        let ours = ours || is_inside();
        if words.is_empty() || ours { vec![default.into()] } else { words }
    }

    /// `--cc=clang` means clang++ to `ovl c++`.
    fn for_language(&self, name: &OsStr) -> OsString {
        let text = name.to_string_lossy();
        match self.language {
            Language::Cxx if text.ends_with("clang") => format!("{text}++").into(),
            Language::Cxx if text.ends_with("gcc") => format!("{}++", text.trim_end_matches("cc")).into(),
            _ => name.into(),
        }
    }

    /// Before the user's own options: headers that those include first need it, too.
    fn first_headers(&self, directory: &Path) -> Vec<OsString> {
        let names = [(self.windows_only, windows_only::FUNCTIONS), (true, "ovl/prelude.h")];
        let wanted = names.into_iter().filter(|(wanted, _)| *wanted);
        wanted.flat_map(|(_, name)| ["-include".into(), directory.join(name).into_os_string()]).collect()
    }

    /// Not `-isystem`: what a macro of a system header expands to gets no warnings, and those are needed (see [`advice`]).
    fn compile_flags(&self, directory: &Path) -> Result<Vec<OsString>, String> {
        // The prelude says so too, but g++ reads pragmas before it heeds that.
        let pragmas = "-Wno-unknown-pragmas".into();
        let mut flags = vec!["-fshort-wchar".into(), "-fms-extensions".into(), pragmas];
        if self.windows_only {
            flags.push(glued("-I", &windows_only::directory()?));
        }
        flags.push(glued("-I", directory));
        Ok(flags)
    }

    fn link_flags(&self, compiler: &[OsString]) -> Result<Vec<OsString>, String> {
        let mut flags = Vec::new();
        if self.rest.iter().any(|argument| argument.to_string_lossy().starts_with("-x")) {
            // What follows is for the linker, whatever language the user's files are in.
            flags.extend(["-x".into(), "none".into()]);
        }
        if !self.no_start {
            flags.push(library::start(compiler, false)?.into_os_string());
            flags.extend(self.own_names()?);
        } else if self.shared {
            flags.push(library::start(compiler, true)?.into_os_string());
            // A library's own functions and data are its own, whatever others are called; so its objects need not be made for a library.
            flags.push("-Wl,-Bsymbolic".into());
        }
        flags.extend(library::arguments(self.linked_in, compiler)?);
        flags.extend(self.dlls.link_flags(self.shared));
        if self.language == Language::C && self.cxx.contains(&true) {
            flags.extend(["-lstdc++".into(), "-lm".into()]);
        }
        Ok(flags)
    }

    /// What keeps functions of POSIX that the program brings along to itself; the linker takes one such script.
    fn own_names(&self) -> Result<Option<OsString>, String> {
        if self.rest.iter().any(|argument| argument.to_string_lossy().contains("version-script")) {
            return Ok(None);
        }
        Ok(Some(glued("-Wl,--version-script=", &headers::directory()?.join("ovl/own_names.map"))))
    }

    /// What is added after the user's arguments for compiling.
    fn needed_flags(&self, needs: &Needs, copies: Option<&Placed>) -> Result<Vec<OsString>, String> {
        let mut flags = Vec::new();
        flags.extend(needs.directory(copies)?.map(|names| glued("-I", &names)));
        let definitions = [
            (needs.old_annotations, "-DOVL_OLD_SAL"),
            (needs.structured, "-DOVL_SEH"),
            (needs.casts.key_is_pointer, "-DOVL_KEY_IS_POINTER"),
            (needs.casts.low, "-DOVL_LOW_HEAP"),
            (needs.void_main, "-Dmain=ovl_void_main"),
            (needs.void_wmain, "-Dwmain=ovl_void_wmain"),
        ];
        flags.extend(definitions.into_iter().filter(|(needed, _)| *needed).map(|(_, flag)| OsString::from(flag)));
        flags.extend(needs.own_posix.iter().map(|name| format!("-DOVL_HIDE_{name}").into()));
        Ok(flags)
    }

    /// The whole command, the compiler first.
    fn complete(&self) -> Result<Vec<OsString>, String> {
        let compiler = self.compiler();
        let sources: Vec<&Path> = self.sources.iter().map(PathBuf::as_path).collect();
        let needs = Needs::of(&sources, &self.cxx, &self.search);
        let is_clang = compiler.iter().any(|word| word.to_string_lossy().contains("clang"));
        let all_cxx = !self.cxx.contains(&false);
        let copies = needs.copies.place()?;
        let directory = headers::directory()?;
        let mut line = compiler.clone();
        line.extend(self.first_headers(&directory));
        if all_cxx && !sources.is_empty() && !is_clang {
            // Microsoft's compiler lets more pass, too.
            line.push("-fpermissive".into());
        }
        if let Some(copies) = &copies {
            line.extend(copies.options(&self.search, &self.sources));
            line.extend(self.rest.iter().map(|argument| copies.argument(&self.dlls.library(argument), &self.sources)));
        } else {
            line.extend(self.rest.iter().map(|argument| self.dlls.library(argument)));
        }
        line.extend(self.compile_flags(&directory)?);
        line.extend(self.needed_flags(&needs, copies.as_ref())?);
        if needs.structured && !is_clang {
            // So that a fault may begin a C++ exception. clang has no such thing.
            line.push("-fnon-call-exceptions".into());
        }
        if (self.shared || needs.library) && !self.has_pic {
            // On Windows there is no such option. In a program it has data of a library reached where that has it, and not copied.
            line.extend(["-fPIC", "-fno-semantic-interposition"].map(OsString::from));
        }
        if needs.suffixes && !is_clang && !all_cxx {
            let this = std::env::current_exe().map_err(|error| format!("this program's name is not known: {error}"))?;
            let mut wrapper = this.into_os_string();
            wrapper.push(format!(",cc,{}", suffixes::OPTION));
            line.extend(["-no-integrated-cpp".into(), "-wrapper".into(), wrapper]);
        }
        if self.inputs && !self.no_link {
            if needs.casts.low && !self.shared {
                line.push("-no-pie".into());
            }
            line.extend(self.link_flags(&compiler)?);
        }
        if io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
            line.insert(compiler.len(), "-fdiagnostics-color=always".into());
        }
        Ok(line)
    }

    /// Does what was asked.
    pub fn run(&self) -> Result<ExitCode, String> {
        if let Some(what) = self.print {
            self.print_flags(what)?;
            return Ok(ExitCode::SUCCESS);
        }
        let line = self.complete()?;
        if self.show {
            eprintln!("{}", quoted(&line));
        }
        let (mut status, said) = start(&line, self.inputs && !self.no_link)?;
        let declared = if status.success() { BTreeSet::new() } else { declared::missed(&said) };
        if declared.is_empty() {
            advice::pass_on(said.as_slice());
        } else {
            let object = declared::object(&declared, &self.compiler())?;
            let mut line = line;
            // In front of a library that is linked in, which it makes part of the program.
            line.insert(self.compiler().len(), object.into_os_string());
            status = start(&line, false)?.0;
        }
        if status.success() && !self.no_link {
            self.dlls.make_import_library(self.shared)?;
        }
        Ok(exit_code(status))
    }

    fn print_flags(&self, what: Print) -> Result<(), String> {
        let mut flags = Vec::new();
        if what != Print::Link {
            let directory = headers::directory()?;
            flags.extend(self.first_headers(&directory));
            flags.extend(self.compile_flags(&directory)?);
            flags.push(glued("-I", &headers::spellings_directory()?));
        }
        if what != Print::Compile {
            flags.extend(self.link_flags(&self.compiler())?);
        }
        println!("{}", quoted(&flags));
        Ok(())
    }
}

/// Runs a compiler. What it says is shown as it comes, or given back.
fn start(line: &[OsString], keep: bool) -> Result<(process::ExitStatus, Vec<u8>), String> {
    let mut compiler = process::Command::new(&line[0]);
    compiler.args(&line[1..]).env(INSIDE, "1").stderr(Stdio::piped());
    let mut child = compiler.spawn().map_err(|error| not_started(&line[0], &error))?;
    let mut said = Vec::new();
    if let Some(mut stderr) = child.stderr.take() {
        if keep {
            stderr.read_to_end(&mut said).map_err(|error| error.to_string())?;
        } else {
            advice::pass_on(stderr);
        }
    }
    Ok((child.wait().map_err(|error| error.to_string())?, said))
}

fn glued(option: &str, directory: &Path) -> OsString {
    let mut flag = OsString::from(option);
    flag.push(directory);
    flag
}

/// As one would type it to a shell.
fn quoted(words: &[OsString]) -> String {
    let quote = |word: &OsString| {
        let text = word.to_string_lossy().into_owned();
        let plain = |c: char| c.is_alphanumeric() || "-_=+/.,:@%".contains(c);
        if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
    };
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Command {
        Command::parse(Language::C, line.split(' ').map(OsString::from).collect())
    }

    fn rest(line: &str) -> String {
        quoted(&parse(line).rest)
    }

    #[test]
    fn libraries_of_windows_are_left_out() {
        assert_eq!(rest("a.c -lws2_32 -o a -lWs2_32 kernel32.lib -l mswsock -lm Ws2_32.Lib"), "a.c -o a -lm");
        assert_eq!(rest("a.c my.lib -lmine -luserenv -lDbgHelp -lavrt msvcrtd.lib -mwindows"), "a.c my.lib -lmine");
    }

    #[test]
    fn sources_are_told_from_values_of_options() {
        let command = parse("-o out.c -I inc -Iother -iquote here main.c x.o net.Cpp");
        assert_eq!(command.sources, [Path::new("main.c"), Path::new("net.Cpp")]);
        assert_eq!(command.search.all, [Path::new("inc"), Path::new("other")]);
        assert_eq!(command.search.quoted, [Path::new("here")]);
        assert!(quoted(&command.rest).ends_with("-x c++ net.Cpp -x none"));
    }

    #[test]
    fn the_language_is_that_of_the_suffix_in_any_case_or_what_was_named() {
        assert_eq!(rest("MAIN.C -c"), "-x c MAIN.C -x none -c");
        let named = parse("-x c++ a.c -x none b.c C.C d.cpp -x c e.cpp");
        assert_eq!(named.cxx, [true, false, false, true, false]);
        assert_eq!(quoted(&named.rest), "-x c++ a.c -x none b.c -x c C.C -x none d.cpp -x c e.cpp");
    }

    #[test]
    fn what_only_compiles_is_not_linked() {
        assert!(parse("-c a.c").no_link && !parse("a.c").no_link);
        assert!(parse("-shared a.c").no_start);
    }

    #[test]
    fn another_compiler_is_named_for_its_language() {
        let compiler = |language, name: &str| Command::parse(language, vec![format!("--cc={name}").into()]).compiler();
        assert_eq!(compiler(Language::C, "clang"), ["clang"]);
        assert_eq!(compiler(Language::Cxx, "clang"), ["clang++"]);
        assert_eq!(compiler(Language::Cxx, "/usr/bin/gcc"), ["/usr/bin/g++"]);
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted(&["a b".into(), "c".into(), "it's".into()]), r"'a b' c 'it'\''s'");
    }
}
