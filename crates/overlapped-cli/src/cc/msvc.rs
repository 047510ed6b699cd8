//! Options of Microsoft's compiler and linker, and what gcc calls them.

/// What an option is.
#[derive(Debug, PartialEq, Eq)]
pub enum Meaning {
    /// These words; none if it means nothing here.
    Words(Vec<String>),
    /// The object file's name.
    Object(String),
    /// What follows is for the linker.
    Linker,
}

/// The whole option, and gcc's words.
const EXACT: &[(&str, &[&str])] = &[
    ("c", &["-c"]),
    ("C", &["-C"]),
    ("E", &["-E"]),
    ("EP", &["-E", "-P"]),
    ("J", &["-funsigned-char"]),
    ("LD", &["-shared", "-fPIC"]),
    ("LDd", &["-shared", "-fPIC"]),
    ("O1", &["-Os"]),
    ("O2", &["-O2"]),
    ("Od", &["-O0"]),
    ("Os", &["-Os"]),
    ("Ox", &["-O2"]),
    ("GR-", &["-fno-rtti"]),
    ("TC", &["-x", "c"]),
    ("TP", &["-x", "c++"]),
    ("W0", &["-w"]),
    ("w", &["-w"]),
    ("W4", &["-Wall", "-Wextra"]),
    ("Wall", &["-Wall", "-Wextra"]),
    ("WX", &["-Werror"]),
    ("Z7", &["-g"]),
    ("ZI", &["-g"]),
    ("Zi", &["-g"]),
    ("Zp1", &["-fpack-struct=1"]),
    ("Zp2", &["-fpack-struct=2"]),
    ("Zp4", &["-fpack-struct=4"]),
    ("Zp8", &["-fpack-struct=8"]),
    ("Zs", &["-fsyntax-only"]),
    ("openmp", &["-fopenmp"]),
    ("std:c11", &["-std=gnu11"]),
    ("std:c17", &["-std=gnu17"]),
    ("std:clatest", &["-std=gnu17"]),
    ("std:c++14", &["-std=gnu++14"]),
    ("std:c++17", &["-std=gnu++17"]),
    ("std:c++20", &["-std=gnu++20"]),
    ("std:c++latest", &["-std=gnu++20"]),
];
/// These with a value, glued or next, and gcc's option.
const VALUED: &[(&str, &str)] = &[("D", "-D"), ("U", "-U"), ("I", "-I"), ("FI", "-include")];
/// The whole option: nothing here.
const IGNORED: &[&str] = &[
    "nologo",
    "Gd",
    "Gm",
    "Gm-",
    "Gy",
    "Gy-",
    "GF",
    "GL",
    "GL-",
    "GA",
    "GR",
    "Gw",
    "FC",
    "FS",
    "MD",
    "MDd",
    "MT",
    "MTd",
    "Oi",
    "Oi-",
    "Ot",
    "Oy",
    "Oy-",
    "W1",
    "W2",
    "W3",
    "WX-",
    "WL",
    "X",
    "YX",
    "Y-",
    "bigobj",
    "utf-8",
    "showIncludes",
    "sdl",
    "sdl-",
    "TBD",
];
/// The beginning of the option: nothing here.
const IGNORED_FAMILIES: &[&str] = &[
    "EH",
    "Fa",
    "Fd",
    "FR",
    "Fr",
    "Fm",
    "Fp",
    "GS",
    "MP",
    "Ob",
    "Qpar",
    "Qspectre",
    "RTC",
    "Yc",
    "Yu",
    "Zc:",
    "Zm",
    "analyze",
    "arch:",
    "diagnostics:",
    "errorReport:",
    "execution-charset:",
    "external:",
    "favor:",
    "fp:",
    "guard:",
    "permissive",
    "source-charset:",
    "we",
    "wd",
    "w1",
    "w2",
    "w3",
    "w4",
];

/// An option of the compiler, without its slash; `None` if it is not one.
pub fn compiler(option: &str) -> Option<Meaning> {
    let names_file = ["I", "FI", "Fo", "Fe", "Fd", "Fp", "Tc", "Tp"].iter().any(|name| option.starts_with(name));
    if option.contains('/') && !names_file && !(option.starts_with('D') && option.contains('=')) {
        // A path that is not there.
        return None;
    }
    let words = |words: &[&str]| Some(Meaning::Words(words.iter().map(|word| (*word).to_owned()).collect()));
    if let Some((_, exact)) = EXACT.iter().find(|(name, _)| *name == option) {
        return words(exact);
    }
    if option == "link" {
        return Some(Meaning::Linker);
    }
    if let Some(name) = option.strip_prefix("Fo") {
        return Some(Meaning::Object(name.trim_start_matches(':').replace('\\', "/")));
    }
    if let Some(name) = option.strip_prefix("Fe") {
        return words(&["-o", &name.trim_start_matches(':').replace('\\', "/")]);
    }
    if let Some(name) = option.strip_prefix("Tc") {
        return words(&["-x", "c", name, "-x", "none"]);
    }
    if let Some(name) = option.strip_prefix("Tp") {
        return words(&["-x", "c++", name, "-x", "none"]);
    }
    if IGNORED.contains(&option) || IGNORED_FAMILIES.iter().any(|family| option.starts_with(family)) {
        return words(&[]);
    }
    let (name, ours) = VALUED.iter().rfind(|(name, _)| option.starts_with(name))?;
    let value = &option[name.len()..];
    match (*name, value) {
        (_, "") => words(&[ours]),
        ("FI", value) => words(&[ours, &value.replace('\\', "/")]),
        ("I", value) => words(&[&format!("{ours}{}", value.replace('\\', "/"))]),
        (_, value) => words(&[&format!("{ours}{value}")]),
    }
}

/// An option of the linker, without its slash. Most say what is so anyway on Linux.
pub fn linker(option: &str) -> Vec<String> {
    let (name, value) = option.split_once(':').unwrap_or((option, ""));
    let value = value.trim_matches('"').replace('\\', "/");
    match name.to_ascii_uppercase().as_str() {
        "OUT" => vec!["-o".into(), value],
        "LIBPATH" => vec![format!("-L{value}")],
        "DLL" => vec!["-shared".into()],
        "IMPLIB" => vec![format!("--out-implib={value}")],
        _ => Vec::new(),
    }
}
