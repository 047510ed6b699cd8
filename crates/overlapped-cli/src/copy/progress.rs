//! The progress bar. It looks at the books ten times a second; nobody who copies knows of it.
//!
//! How much there is to copy is counted by a thread of its own while the copy is already running, so the time left is an
//! estimate that improves. Neither thread exists when nobody looks.

use super::ledger::Ledger;
use super::walk::Root;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;
use walkdir::WalkDir;

const PERIOD: Duration = Duration::from_millis(100);
const TEMPLATE: &str = "{bar:16} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left{msg}";

/// The bar, not yet drawn.
pub fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(TEMPLATE) {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

/// A bar that is being kept up to date.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
    drawer: JoinHandle<()>,
}

/// What there is to copy, as far as it has been counted.
#[derive(Debug, Default)]
struct Total {
    bytes: AtomicU64,
    files: AtomicU64,
}

impl Progress {
    /// Draws `bar` from what `ledger` says, until [`Progress::finish`].
    pub fn start(bar: ProgressBar, roots: &[Root], ledger: impl Fn() -> (u64, u64) + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let total = Arc::new(Total::default());
        let sources: Vec<_> = roots.iter().map(|root| root.job().source.clone()).collect();
        {
            let (total, stop) = (Arc::clone(&total), Arc::clone(&stop));
            // Left to itself: it ends with the process, or when told, at the latest.
            std::thread::spawn(move || count(sources, &total, &stop));
        }
        let drawer = {
            let (bar, stop) = (bar.clone(), Arc::clone(&stop));
            std::thread::spawn(move || {
                while !stop.load(Relaxed) {
                    let (moved, files) = ledger();
                    let of = total.files.load(Relaxed);
                    bar.set_length(total.bytes.load(Relaxed).max(moved));
                    bar.set_position(moved);
                    if of > 1 {
                        bar.set_message(format!(", {files} of {of} files"));
                    }
                    bar.tick();
                    std::thread::park_timeout(PERIOD);
                }
            })
        };
        Self { bar, stop, drawer }
    }

    /// Takes the bar away.
    pub fn finish(self) {
        self.stop.store(true, Relaxed);
        self.drawer.thread().unpark();
        let _ = self.drawer.join();
        self.bar.finish_and_clear();
    }
}

/// What the bar shows of the books.
pub fn standing(ledger: &Ledger) -> (u64, u64) {
    (ledger.moved.load(Relaxed), ledger.files())
}

fn count(sources: Vec<PathBuf>, total: &Total, stop: &AtomicBool) {
    for source in sources {
        // A link on the command line may be followed by the copy; counting its target is right then, and harmless else.
        for entry in WalkDir::new(source).into_iter().flatten() {
            if stop.load(Relaxed) {
                return;
            }
            let is_file = entry.file_type().is_file() || (entry.depth() == 0 && !entry.file_type().is_dir());
            if let (true, Ok(metadata)) = (is_file, entry.path().metadata()) {
                total.bytes.fetch_add(metadata.len(), Relaxed);
                total.files.fetch_add(1, Relaxed);
            }
        }
    }
}
