//! The engine behind a C ABI, for `engine.js`: no imports, two buffers.
//!
//! The caller asks for [`input`] of some length, writes its bytes there and calls
//! [`open`], [`supply`], [`search`] or [`suggest`]; the answer is JSON (UTF-8) at
//! [`output`].

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::answer::{ChunkId, Query, SearchError, Step};
use crate::engine::Engine;

/// The answer is in the output: results, or nothing.
const DONE: u32 = 0;
/// The output lists the chunks that are needed, by name.
const NEED: u32 = 1;
/// The output tells what went wrong: `{"code": …, "message": …}`.
const FAILED: u32 = 2;

#[derive(Default)]
struct State {
    input: Vec<u8>,
    output: Vec<u8>,
    engine: Option<Engine>,
}

static STATE: Mutex<State> = Mutex::new(State {
    input: Vec::new(),
    output: Vec::new(),
    engine: None,
});

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What suggestions are asked for.
#[derive(Deserialize)]
struct Beginning {
    text: String,
    limit: usize,
}

#[derive(Serialize)]
struct Failure<'a> {
    code: &'a str,
    message: &'a str,
}

impl State {
    fn answer(&mut self, status: u32, answer: &impl Serialize) -> u32 {
        self.output = serde_json::to_vec(answer).unwrap_or_default();
        status
    }

    fn fail(&mut self, code: &str, message: &str) -> u32 {
        self.answer(FAILED, &Failure { code, message })
    }

    fn failed(&mut self, error: &SearchError) -> u32 {
        self.fail(error.code(), &error.to_string())
    }
}

/// Makes room for so many bytes of input, and tells where.
#[unsafe(no_mangle)]
extern "C" fn input(length: usize) -> *mut u8 {
    let mut state = state();
    state.output.clear();
    state.input.clear();
    state.input.resize(length, 0);
    state.input.as_mut_ptr()
}

/// Where the last answer is.
#[unsafe(no_mangle)]
extern "C" fn output() -> *const u8 {
    state().output.as_ptr()
}

/// Its length in bytes.
#[unsafe(no_mangle)]
extern "C" fn output_length() -> usize {
    state().output.len()
}

/// Opens the pack whose `hot.bin` is the input.
#[unsafe(no_mangle)]
extern "C" fn open() -> u32 {
    let mut state = state();
    match Engine::open(&std::mem::take(&mut state.input)) {
        Ok(engine) => {
            state.engine = Some(engine);
            DONE
        }
        Err(error) => state.failed(&error),
    }
}

/// Takes a chunk's file from the input, behind its name of so many bytes.
#[unsafe(no_mangle)]
extern "C" fn supply(name: usize) -> u32 {
    let mut state = state();
    let bytes = std::mem::take(&mut state.input);
    let parts = bytes.split_at_checked(name).and_then(|(name, file)| {
        let id: ChunkId = std::str::from_utf8(name).ok()?.parse().ok()?;
        Some((id, file))
    });
    let Some((id, file)) = parts else {
        return state.fail("engine", "no chunk is named");
    };
    match state.engine.as_mut().map(|engine| engine.supply(id, file)) {
        Some(Ok(())) => DONE,
        Some(Err(error)) => state.failed(&error),
        None => state.fail("engine", "no pack is open"),
    }
}

/// Runs the query in the input as far as the chunks allow.
#[unsafe(no_mangle)]
extern "C" fn search() -> u32 {
    ask(|engine, query: Query| engine.search(&query))
}

/// Suggests what begins as the text in the input does, as far as the chunks allow.
#[unsafe(no_mangle)]
extern "C" fn suggest() -> u32 {
    ask(|engine, asked: Beginning| engine.suggest(&asked.text, asked.limit))
}

/// Answers what is asked in the input.
fn ask<Q: for<'a> Deserialize<'a>, A: Serialize>(
    answer: impl Fn(&mut Engine, Q) -> Result<Step<A>, SearchError>,
) -> u32 {
    let mut state = state();
    let asked: Q = match serde_json::from_slice(&std::mem::take(&mut state.input)) {
        Ok(asked) => asked,
        Err(error) => return state.fail("query", &error.to_string()),
    };
    let Some(engine) = state.engine.as_mut() else {
        return state.fail("engine", "no pack is open");
    };
    match answer(engine, asked) {
        Ok(Step::Done(results)) => state.answer(DONE, &results),
        Ok(Step::Need(chunks)) => {
            let names: Vec<String> = chunks.iter().map(ChunkId::to_string).collect();
            state.answer(NEED, &names)
        }
        Err(error) => state.failed(&error),
    }
}

/// Random bytes, for libraries that ask at link time: reading a pack draws none.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    destination: *mut u8,
    length: usize,
) -> Result<(), getrandom::Error> {
    // SAFETY: getrandom hands over a buffer of this length.
    unsafe { destination.write_bytes(0x5a, length) };
    Ok(())
}
