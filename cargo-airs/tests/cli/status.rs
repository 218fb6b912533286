//! `cargo airs status`.

use crate::project::build;
use crate::scene::Scene;

#[test]
fn status_says_what_was_changed_and_nothing_else() {
    let mut scene = Scene::new("status");
    scene.run("new driver ledger --vcs none");
    scene.enter("ledger");
    build(&scene);
    // Joining changes files of the workspace, and nothing that the driver is made of.
    scene.run("new program payment --vcs none");
    scene.run("status");
    build(&scene);
    for file in ["Cargo.lock", "Cargo.toml"] {
        let text = scene.read(file);
        scene.write(file, text);
    }
    scene.run("status");
    scene.run("status --message-format json");
    scene.run("status --release --context home --state memory");
    scene.edit("src/lib.rs", "A ledger:", "A ledger,");
    scene.run("status");
    build(&scene);
    scene.edit("payment/Cargo.toml", "version = \"0.1.0\"", "version = \"0.1.1\"");
    scene.edit(
        "Cargo.toml",
        "storage = true",
        "storage = true, http = [\"api.example.com\"]",
    );
    scene.run("status");
    scene.run("status --manifest-path payment/Cargo.toml -q");
    scene.check();
}
