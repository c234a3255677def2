# weft, the agent as a native program: the native half of every comparison.
{ native }:
native {
  package = "clawft-cli";
  program = "weft";
  profile = "release";
  install = "install -Dm755 target/release/weft $out/bin/weft";
  description = "the clawft agent, native";
}
