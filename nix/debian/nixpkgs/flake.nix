{
  description = "Stand-in for nixpkgs on a Debian root: the names that this flake uses, over the programs in /usr/bin";

  inputs.lib.url = "path:./lib";

  outputs =
    { lib, ... }:
    {
      inherit (lib) lib;
      legacyPackages.x86_64-linux = import ./. {
        inherit (lib) lib;
        system = "x86_64-linux";
      };
    };
}
