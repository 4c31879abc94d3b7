//! The built-in themes are embedded as folders: a file added to one must rebuild the program, too.

fn main() {
    println!("cargo::rerun-if-changed=themes");
}
