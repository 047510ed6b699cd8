//! The configuration file and the run-time directory (design, section 4).

use super::*;

fn env(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
    let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.to_string(), OsString::from(v))).collect();
    move |name| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

#[test]
fn the_configuration_file_is_the_one_named_or_the_usual_one() {
    let path = |pairs: &[_]| config_file(env(pairs)).map(|file| (file.path, file.required));
    assert_eq!(path(&[("OVERLAPPED_CONFIG", "x.toml"), ("HOME", "/h")]), Some(("x.toml".into(), true)));
    assert_eq!(
        path(&[("OVERLAPPED_CONFIG", ""), ("HOME", "/h")]),
        Some(("/h/.config/overlapped/devices.toml".into(), false))
    );
    assert_eq!(path(&[("XDG_CONFIG_HOME", "/c"), ("HOME", "/h")]), Some(("/c/overlapped/devices.toml".into(), false)));
    assert_eq!(
        path(&[("XDG_CONFIG_HOME", "c"), ("HOME", "/h")]),
        Some(("/h/.config/overlapped/devices.toml".into(), false))
    );
    assert_eq!(path(&[]), None);
}

#[test]
fn the_run_time_directory_is_private_to_the_user() {
    assert_eq!(runtime_directory(env(&[("XDG_RUNTIME_DIR", "/run/user/7")]), 7), Path::new("/run/user/7/overlapped"));
    for unusable in ["", "run"] {
        assert_eq!(runtime_directory(env(&[("XDG_RUNTIME_DIR", unusable)]), 7), Path::new("/tmp/overlapped-7"));
    }
    assert_eq!(runtime_directory(env(&[]), 1000), Path::new("/tmp/overlapped-1000"));
}
