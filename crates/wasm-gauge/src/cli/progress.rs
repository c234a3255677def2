//! How far work has come, on standard error where that is a terminal.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What takes no longer shows nothing.
const SILENCE: Duration = Duration::from_secs(1);

/// Does `work`, which calls what it is given after each of its `steps` steps.
pub fn during<R>(
    what: &'static str,
    steps: usize,
    work: impl FnOnce(&(dyn Fn() + Sync)) -> R,
) -> R {
    let style = ProgressStyle::with_template("{spinner} {msg}: {pos} of {len}, {elapsed}");
    let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::hidden())
        .with_style(style.expect("the template is right"))
        .with_message(what);
    let result = thread::scope(|scope| {
        let (_working, ended) = mpsc::channel::<()>();
        let bar = &bar;
        scope.spawn(move || {
            if ended.recv_timeout(SILENCE) == Err(RecvTimeoutError::Timeout) {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.enable_steady_tick(Duration::from_millis(100));
            }
        });
        work(&|| bar.inc(1))
    });
    bar.finish_and_clear();
    result
}
