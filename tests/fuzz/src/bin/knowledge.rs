#![no_main]
libfuzzer_sys::fuzz_target!(
    init: xiangtu_fuzz::allow_caught_panics(),
    |bytes: &[u8]| xiangtu_fuzz::target(env!("CARGO_BIN_NAME"))(bytes)
);
