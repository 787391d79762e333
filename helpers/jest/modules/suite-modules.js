// The modules that scenarios import, as one file that is built once a change and evaluated once a
// context. Jest loads this file without its transforms.
'use strict';
const { accessSync, constants, existsSync, readdirSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { tmpdir, userInfo } = require('node:os');
const { join, relative, resolve, sep } = require('node:path');
const { compileFunction } = require('node:vm');
const { rememberedDigest, storeCached } = require('../../../bin/content-cache');

const root = resolve(__dirname, '../../..');
/** Where a scenario may import from. */
const ROOMS = ['helpers', 'contract', 'tests/e2e/support'];
/**
 * Packages whose values tests compare: these must come from the context of the tests, where `{}`
 * has the prototype that the tests expect.
 */
const BUNDLED_PACKAGES = ['@sinclair/typebox', 'ajv', 'axios', 'eventsource-parser', 'pg', 'yaml'];
const INPUTS = [...ROOMS, 'bin', 'package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];
/** With those of the sources before the last changes, and of other branches. */
const KEPT_BUNDLES = 4;
/** Path of the bundle of this run, which its processes share. */
const BUNDLE_VARIABLE = 'E2E_MODULES';
const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

/** Inside the clone, so that nothing is left outside; elsewhere only if the clone is read-only. */
exports.cacheDirectory = () => {
  const modules = join(root, 'node_modules');
  try {
    accessSync(modules, constants.W_OK);
    return join(modules, '.cache');
  } catch {
    return join(tmpdir(), `tuningfork-cache-${userInfo().uid}`);
  }
};

/**
 * Builds the bundle if a source has changed, and makes it that of this process and of those that
 * it starts. Returns its path.
 */
exports.refreshBundle = () => {
  const path = join(exports.cacheDirectory(), 'tuningfork/suite', `${rememberedDigest(root, INPUTS)}.cjs`);
  if (!existsSync(path)) storeCached(path, build(), KEPT_BUNDLES);
  process.env[BUNDLE_VARIABLE] = path;
  return path;
};

/** The bundle of this run. */
exports.currentBundle = () => process.env[BUNDLE_VARIABLE] || exports.refreshBundle();

/** The id of a source file in a bundle: its path below the root, without its ending. */
exports.moduleId = (path) => relative(root, path).split(sep).join('/').replace(/\.ts$/, '');

/** A regular expression for the paths of the source files in a bundle. */
exports.suitePattern = () => {
  const escaped = root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `^${escaped}/(${ROOMS.join('|')})/.+\\.ts$`;
};

/**
 * Evaluates a bundle in a context, by default that of the caller. Returns the function that gives
 * a module by its id; each is evaluated when it is first asked for.
 */
exports.evaluate = (path, parsingContext) => {
  const bundle = new Module(path, module);
  bundle.filename = path;
  const requireFromRoot = Module.createRequire(join(root, 'package.json'));
  const compiled = compileFunction(readFileSync(path, 'utf8'), PARAMETERS, { filename: path, parsingContext });
  compiled.call(bundle.exports, bundle.exports, requireFromRoot, bundle, path, root);
  const loaded = new Map();
  return (id) => {
    if (!loaded.has(id)) loaded.set(id, load(bundle.exports, id));
    return loaded.get(id);
  };
};

function load(modules, id) {
  if (!Object.hasOwn(modules, id))
    throw new Error(`${id} is not in the bundle of the suite: expected a file of ${ROOMS.join(', ')}`);
  return modules[id]();
}

function build() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = Object.keys({ ...dependencies, ...devDependencies });
  const entries = ROOMS.flatMap(sourceFiles).map((path) => {
    const id = JSON.stringify(exports.moduleId(path));
    return `exports[${id}] = () => require(${JSON.stringify(path)});`;
  });
  const { outputFiles } = require('esbuild').buildSync({
    absWorkingDir: root,
    stdin: { contents: entries.join('\n'), resolveDir: root },
    bundle: true,
    external: [...packages.filter((name) => !BUNDLED_PACKAGES.includes(name)), '@jest/*', 'pg-native'],
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outfile: 'suite.cjs',
    supported: { 'dynamic-import': false }, // which code in another context cannot use
    sourcemap: 'inline',
    sourcesContent: false,
    sourceRoot: root,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

const sourceFiles = (room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.d)\.ts$/.test(name))
    .map((name) => join(root, room, name));
