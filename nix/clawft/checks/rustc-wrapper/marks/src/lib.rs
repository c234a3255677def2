use proc_macro::TokenStream;

/// A number for each character.
#[proc_macro]
pub fn marks(input: TokenStream) -> TokenStream {
    let text = input.to_string();
    let numbers: String = text.chars().map(|c| format!("{},", c as u32)).collect();
    format!("[{numbers}]").parse().expect("an array")
}
