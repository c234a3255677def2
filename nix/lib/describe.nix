# A derivation with what `nix flake show` says of it.
drv: description: drv // { meta = (drv.meta or { }) // { inherit description; }; }
