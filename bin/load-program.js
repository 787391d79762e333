'use strict';
const Module = require('node:module');
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const v8 = require('node:v8');
const vm = require('node:vm');

/** The first line of a bundle: the digest of what it was made from. */
const DIGEST_LINE = /^\/\/ sources ([0-9a-f]{64})\n/;
/** Processes of one kind run the same part of the program. */
const KINDS = { 'worker-process': 'worker', 'unpack-archives': 'unpack' };

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
  const path = compiledPath(root, bundle, command);
  const cachedData = path === null ? undefined : readIfPresent(path);
  const script = new vm.Script(Module.wrap(bundle), { filename, cachedData });
  const program = new Module(filename, module);
  program.filename = program.id = filename;
  program.paths = Module._nodeModulePaths(dirname(filename));
  const evaluate = script.runInThisContext();
  evaluate.call(program.exports, program.exports, Module.createRequire(filename), program, filename, dirname(filename));
  const isKept = path === null || (cachedData !== undefined && !script.cachedDataRejected);
  const compiled = isKept ? null : { path, code: () => script.createCachedData() };
  return { exports: program.exports, compiled };
};

/**
 * V8 checks its own version and flags, and of the source the length alone: the digest is in the
 * name. So are the flags, because processes that unpack archives have one of their own.
 */
function compiledPath(root, bundle, command) {
  const digest = exports.bundleDigest(bundle);
  if (digest === null) return null;
  const name = `${digest}.${KINDS[command] ?? 'command'}.${v8.cachedDataVersionTag().toString(16)}`;
  return join(root, 'node_modules/.cache/tuningfork/compiled', name);
}

function readIfPresent(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
