//! Where the library's own files are: the configuration and the run-time directory. Pure functions of the
//! environment.

use std::ffi::OsString;
use std::path::PathBuf;

/// Where to read the configuration from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// The file.
    pub path: PathBuf,
    /// Whether the user named it. Such a file must exist; the one in the usual place need not.
    pub required: bool,
}

/// The configuration file: `$OVERLAPPED_CONFIG`, else `$XDG_CONFIG_HOME/overlapped/devices.toml`, where
/// `$XDG_CONFIG_HOME` is `~/.config` if unset. `None` if the environment says none of it. `/dev/null` is a good
/// value for "no configuration".
pub fn config_file(env: impl Fn(&str) -> Option<OsString>) -> Option<ConfigFile> {
    if let Some(path) = env("OVERLAPPED_CONFIG").filter(|path| !path.is_empty()) {
        return Some(ConfigFile { path: path.into(), required: true });
    }
    let home = || directory(&env, "HOME").map(|home| home.join(".config"));
    let config = directory(&env, "XDG_CONFIG_HOME").or_else(home)?;
    Some(ConfigFile { path: config.join("overlapped/devices.toml"), required: false })
}

/// The private directory in which processes meet over pipes and mailslots: `$XDG_RUNTIME_DIR/overlapped`, else
/// `/tmp/overlapped-UID`. Whoever makes it sees to mode 0700, and checks owner and mode of one that is there.
pub fn runtime_directory(env: impl Fn(&str) -> Option<OsString>, uid: u32) -> PathBuf {
    match directory(&env, "XDG_RUNTIME_DIR") {
        Some(run) => run.join("overlapped"),
        None => PathBuf::from(format!("/tmp/overlapped-{uid}")),
    }
}

/// A directory from the environment. One that is not absolute is to be ignored, as the XDG specification says.
fn directory(env: impl Fn(&str) -> Option<OsString>, variable: &str) -> Option<PathBuf> {
    env(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}
