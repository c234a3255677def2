# The dependencies of a build, compiled: from nothing, or on top of those of another build with the same profile (host), whose
# macros and build scripts serve this one too though its flags differ.
{ craneLib, workspace }:
host: args:
if host == null then
  craneLib.buildDepsOnly (args // { src = workspace.sources; })
else
  craneLib.mkCargoDerivation (
    { pnameSuffix = "-deps"; }
    // args
    // {
      src = craneLib.mkDummySrc { src = workspace.sources; };
      cargoArtifacts = host;
      doInstallCargoArtifacts = true;
    }
  )
