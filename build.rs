//! The default theme is embedded as a folder: a file added to it must rebuild the program, too.

fn main() {
    println!("cargo::rerun-if-changed=themes/default");
}
