//! The component, whose world lies beside the workspace's crates.

wit_bindgen::generate!({ path: "../../wit" });

struct Count;

impl exports::example::count::words::Guest for Count {
    fn count(text: String) -> String {
        words::count(&text).to_string()
    }
}

export!(Count);
