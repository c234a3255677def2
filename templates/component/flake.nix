{
  description = "text: a WebAssembly component in Rust";

  inputs.clawft.url = "github:clawft/clawft";

  outputs = { clawft, ... }: clawft.lib.mkFlake { src = ./.; };
}
