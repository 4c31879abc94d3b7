//! Ctrl-C, and what else asks a program to end.

use std::sync::Arc;

use tokio::runtime::Builder;

/// Exit statuses after Ctrl-C and after a request to terminate, as shells have them: 128 and the
/// signal's number.
const INTERRUPTED: i32 = 130;
const TERMINATED: i32 = 143;

/// From now on calls `act` with the status to end with, on a thread of its own, whenever the
/// program is asked to end. Where the system cannot tell us, it ends the program itself.
pub fn listen(act: impl Fn(i32) + Send + Sync + 'static) {
    let Ok(runtime) = Builder::new_current_thread().enable_io().build() else {
        return;
    };
    let entered = runtime.enter();
    let Ok(mut signals) = Signals::new() else {
        return;
    };
    drop(entered);
    let act = Arc::new(act);
    std::thread::spawn(move || {
        loop {
            let status = runtime.block_on(signals.next());
            let act = Arc::clone(&act);
            std::thread::spawn(move || act(status));
        }
    });
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPTED,
            _ = self.terminate.recv() => TERMINATED,
        }
    }
}

#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    stop: tokio::signal::windows::CtrlBreak,
    /// The window is closed; the system waits some seconds for us.
    close: tokio::signal::windows::CtrlClose,
}

#[cfg(windows)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};
        Ok(Self {
            interrupt: ctrl_c()?,
            stop: ctrl_break()?,
            close: ctrl_close()?,
        })
    }

    async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPTED,
            _ = self.stop.recv() => INTERRUPTED,
            _ = self.close.recv() => TERMINATED,
        }
    }
}
