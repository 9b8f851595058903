# The commands of daily work. `just` lists them.

[private]
default:
    @just --list --unsorted

# All tests
test:
    cargo test --workspace --all-features --locked --no-fail-fast

# What a change must pass: formatting, lints, tests
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
    just test

# Everything that CI runs; installs packages if you are root
ci:
    .ci/run

# Rewrite all golden files; then read their diff
golden:
    UPDATE_GOLDEN=1 cargo test -p spice-proto-gen --test shipped
    UPDATE_GOLDEN=1 cargo test --workspace --no-fail-fast

# Open the documentation as docs.rs shows it
doc:
    RUSTDOCFLAGS='--cfg docsrs' RUSTC_BOOTSTRAP=1 cargo doc --no-deps --all-features --open -p spice-wire -p spice-messages -p spice-link

# Fuzz all targets for some seconds each
fuzz seconds="10":
    fuzz/run {{seconds}}

# The figures of docs/performance.md
figures:
    cargo bench -p spice-benches
    benches/build-figures

# Licences, duplicates and known vulnerabilities of dependencies
deny:
    cargo deny --workspace check

# Compare the public interfaces with the last tag
semver:
    .ci/semver-checks

# Package and build all crates as publishing would
publish-dry-run:
    .ci/publish
