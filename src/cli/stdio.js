#!/usr/bin/env node
// The command `background-jobs`. This file is not bundled: it must not contain anything that an old Node cannot parse.
if (parseInt(process.versions.node, 10) < 20) {
  console.error(
    'background-jobs: Error: This is Node ' + process.versions.node + '. Run it with Node 20 or newer.',
  );
  process.exit(1);
}
import('./command-line.js').then(({ runCommandLine }) => runCommandLine());
