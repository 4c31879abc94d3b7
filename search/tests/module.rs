//! The committed module runs in browsers from Chromium 86 on: nothing newer is in it.

#![allow(
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

use wasmparser::{Parser, Payload, Validator, WasmFeatures};

const MODULE: &[u8] = include_bytes!("../engine.wasm");

#[test]
fn it_uses_no_newer_feature() {
    let known = WasmFeatures::FLOATS
        | WasmFeatures::GC_TYPES
        | WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::BULK_MEMORY;
    Validator::new_with_features(known)
        .validate_all(MODULE)
        .unwrap();
}

#[test]
fn it_imports_nothing() {
    let payloads = Parser::new(0).parse_all(MODULE).map(Result::unwrap);
    let imports = payloads.filter(|payload| matches!(payload, Payload::ImportSection(_)));
    assert_eq!(imports.count(), 0);
}
