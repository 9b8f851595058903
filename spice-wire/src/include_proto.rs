//! The macro that includes generated code.

/// Includes the code that a build script generated for a proto: `include_proto!("echo")` for `echo.proto`.
///
/// ```ignore
/// pub mod echo {
///     spice_wire::include_proto!("echo");
/// }
/// ```
///
/// The file is `OUT_DIR/echo.rs`. If the build script writes to another folder (`Config::out_dir`), use
/// `include!` with the path of the file.
#[macro_export]
macro_rules! include_proto {
    ($name:literal) => {
        ::core::include!(::core::concat!(
            ::core::env!(
                "OUT_DIR",
                "`include_proto!` needs a build script that calls `spice_proto_gen::compile`"
            ),
            "/",
            $name,
            ".rs"
        ));
    };
}
