{
  description = "Stand-in for nixpkgs on a Debian root: the names that this flake uses, over the programs in /usr/bin";

  inputs.lib.url = "path:./lib";

  # The root is of one system, and builds for that one alone; the others can be evaluated.
  outputs =
    { lib, ... }:
    {
      inherit (lib) lib;
      legacyPackages = lib.lib.genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] (
        system:
        import ./. {
          inherit (lib) lib;
          inherit system;
        }
      );
    };
}
