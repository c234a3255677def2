# weft, the agent as a native program.
{ native }:
native {
  package = "clawft-cli";
  program = "weft";
  profile = "release";
  install = "install -Dm755 target/release/weft $out/bin/weft";
  description = "the clawft agent, native";
}
