'use strict';
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { engineTag, keptScript } = require('./kept-script');

/** The first line of a bundle: the digest of what it was made from. */
const DIGEST_LINE = /^\/\/ sources ([0-9a-f]{64})\n/;
/** Processes of one kind run the same part of the program. */
const KINDS = { 'worker-process': 'worker', 'read-packs': 'packs' };

/** Digest of the sources of a bundle; null: it was not made from the sources alone. */
exports.bundleDigest = (bundle) => DIGEST_LINE.exec(bundle.slice(0, 100))?.[1] ?? null;

/** A bundle whose digest is known. */
exports.withDigest = (bundle, digest) => `// sources ${digest}\n${bundle}`;

/**
 * Evaluates a bundle as the module `filename` of the project at `root`. V8 then need not compile
 * what it compiled for the same command at an earlier start. Returns what the bundle exports, and
 * what is needed to keep its compiled code: null where that is done already.
 */
exports.loadProgram = ({ bundle, filename, root, command }) => {
  const { script, compiled } = keptScript(Module.wrap(bundle), filename, compiledPath(root, bundle, command));
  const program = new Module(filename, module);
  program.filename = program.id = filename;
  program.paths = Module._nodeModulePaths(dirname(filename));
  const evaluate = script.runInThisContext();
  evaluate.call(program.exports, program.exports, Module.createRequire(filename), program, filename, dirname(filename));
  return { exports: program.exports, compiled };
};

/** With the flags of V8: processes that read packs have one of their own. */
function compiledPath(root, bundle, command) {
  const digest = exports.bundleDigest(bundle);
  if (digest === null) return null;
  const name = `${digest}.${KINDS[command] ?? 'command'}.${engineTag()}`;
  return join(root, 'node_modules/.cache/tuningfork/compiled', name);
}
