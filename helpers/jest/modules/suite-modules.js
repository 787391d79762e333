// The modules that scenarios import, as one file that is built once a change and evaluated once a
// context. Jest loads this file without its transforms.
'use strict';
const { accessSync, constants, existsSync, readdirSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { tmpdir, userInfo } = require('node:os');
const { basename, dirname, join, relative, resolve, sep } = require('node:path');
const { rememberedDigest, storeCached } = require('../../../bin/content-cache');
const { asciiOf, CODE_ENCODING, engineTag, keptScript } = require('../../../bin/kept-script');

const root = resolve(__dirname, '../../..');
/** Where a scenario may import from. */
const ROOMS = ['helpers', 'contract', 'tests/e2e/support'];
/**
 * Packages whose values tests compare: these must come from the context of the tests, where `{}`
 * has the prototype that the tests expect.
 */
const COMPARED_PACKAGES = ['@sinclair/typebox', 'ajv', 'axios', 'eventsource-parser', 'pg', 'yaml'];
/** Those that every run loads: as parts of the bundle, they need not be found and compiled. */
const LOADED_PACKAGES = ['d3-hierarchy', 'nunjucks', 'tar'];
const BUNDLED_PACKAGES = [...COMPARED_PACKAGES, ...LOADED_PACKAGES];
const INPUTS = [...ROOMS, 'bin', 'package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];
/** With those of the sources before the last changes, and of other branches. */
const KEPT_BUNDLES = 4;
/** Of the same states of the sources: that of Jest's main process, and that of its others. */
const KEPT_CODE = 2 * KEPT_BUNDLES;
/** Path of the bundle of this run, which its processes share. */
const BUNDLE_VARIABLE = 'E2E_MODULES';

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
  const digest = rememberedDigest(root, INPUTS);
  const path = join(exports.cacheDirectory(), 'tuningfork/suite', `${digest}.cjs`);
  if (!existsSync(path)) store(path, digest, build());
  process.env[BUNDLE_VARIABLE] = path;
  return path;
};

/** Only the stack of an error needs the source map, which is as large as the code. */
function store(path, digest, { code, map }) {
  const mapPath = join(dirname(path), '../suite-maps', `${digest}.map`);
  storeCached(mapPath, map, KEPT_BUNDLES);
  storeCached(path, `${code}\n//# sourceMappingURL=${relative(dirname(path), mapPath)}\n`, KEPT_BUNDLES);
}

/** The bundle of this run. */
exports.currentBundle = () => process.env[BUNDLE_VARIABLE] || exports.refreshBundle();

/** The id of a source file in a bundle: its path below the root, without its ending. */
exports.moduleId = (path) => relative(root, path).split(sep).join('/').replace(/\.ts$/, '');

/** A regular expression for the paths of the source files in a bundle. */
exports.suitePattern = () => {
  const escaped = root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `^${escaped}/(${ROOMS.join('|')})/.+\\.ts$`;
};

/** By the path of its bundle: code belongs to no context. */
const scripts = new Map();

function scriptOf(path) {
  const known = scripts.get(path) ?? compile(path);
  scripts.set(path, known);
  return known;
}

/** Jest's processes have a channel to the main one, and run other functions than it does. */
function compile(path) {
  const name = `${basename(path, '.cjs')}.${process.connected ? 'test' : 'main'}.${engineTag()}`;
  const kept = join(dirname(path), '../suite-compiled', name);
  return keptScript(Module.wrap(readFileSync(path, CODE_ENCODING)), path, kept);
}

/** Keeps what has been compiled of a bundle until now: the next run need not compile it. */
exports.keepCompiled = (path) => {
  const { compiled } = scriptOf(path);
  if (compiled === null) return;
  storeCached(compiled.path, compiled.code(), KEPT_CODE);
  scripts.get(path).compiled = null;
};

/**
 * Evaluates a bundle in a context, by default that of the caller. Returns the function that gives
 * a module by its id; each is evaluated when it is first asked for.
 */
exports.evaluate = (path, context) => {
  const bundle = new Module(path, module);
  bundle.filename = path;
  const requireFromRoot = Module.createRequire(join(root, 'package.json'));
  const { script } = scriptOf(path);
  const run = context === undefined ? script.runInThisContext() : script.runInContext(context);
  run.call(bundle.exports, bundle.exports, requireFromRoot, bundle, path, root);
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
    sourcemap: 'external',
    sourcesContent: false,
    sourceRoot: root,
    write: false,
    logLevel: 'silent',
  });
  const textOf = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text;
  return { code: asciiOf(textOf('.cjs')), map: textOf('.map') };
}

const sourceFiles = (room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.d)\.ts$/.test(name))
    .map((name) => join(root, room, name));
