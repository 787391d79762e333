'use strict';
const { readFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { readCached, rememberedDigest, storeCached } = require('./content-cache');
const { asciiOf, CODE_ENCODING } = require('./kept-script');
const { withDigest } = require('./load-program');
const { withRequestProgram } = require('./request-program');

/** Packages that a start loads: as parts of the bundle, they need not be found and compiled. */
const BUNDLED_PACKAGES = [
  '@fastify/multipart',
  '@fastify/swagger',
  '@sinclair/typebox',
  'ajv',
  'chalk',
  'commander',
  'croner',
  'fastify',
  'ipaddr.js',
  'jose',
  'kysely',
  'pg',
  'pino',
  're2js',
  'semver',
  'tar',
  'ws',
  'yaml',
];
/** What the bundle can consist of, and what makes it. */
const SOURCES = ['cli', 'contract', 'helpers', 'platform', 'tools'];
const INPUTS = [...SOURCES, 'bin', 'package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];
/** With those of the sources before the last changes, and of other branches. */
const KEPT_BUNDLES = 4;

const COMMAND = 'cli/entry.ts';
/** A small program of its own: it starts once for each request. */
const REQUEST = 'platform/egress/http-request-program.ts';

/** All sources as one program, with their digest, from the cache if none of them has changed. */
exports.bundle = (root) => cachedBundle(root, () => build(root));

async function cachedBundle(root, make) {
  const digest = rememberedDigest(root, INPUTS);
  const path = join(root, 'node_modules/.cache/tuningfork/bundles', `${digest}.cjs`);
  const cached = readCached(path, CODE_ENCODING);
  if (cached !== null) return cached;
  const bundle = withDigest(await make(), digest);
  storeCached(path, bundle, KEPT_BUNDLES);
  return bundle;
}

/**
 * For a project whose sources change one after the other: `store` makes the bundle of the sources
 * as they are, for the next start, and parses only those again that have changed since the last.
 */
exports.openBuilder = async (root) => {
  const context = await require('esbuild').context(optionsFor(root));
  return {
    store: async () => {
      await cachedBundle(root, async () => textOf(await context.rebuild()));
    },
    close: () => context.dispose(), // otherwise its process would keep this one running
  };
};

/** The bundle, not cached, with plugins that may change the sources. */
exports.build = build;

async function build(root, plugins = []) {
  const esbuild = require('esbuild'); // takes 40 ms
  const built = await esbuild.build({ ...optionsFor(root), plugins });
  await esbuild.stop(); // otherwise its process would run until this one exits
  return textOf(built);
}

/** The files are in the order of their entry points. */
const textOf = ({ outputFiles: [command, request] }) => withRequestProgram(asciiOf(command.text), request.text);

/**
 * The source maps of the sources as they are, as JSON. That of the bundle begins with its second
 * line, as the first one is the digest; its sources are relative to `cli`, those of the program of
 * one request to its folder.
 */
exports.sourceMap = (root) => mapOf(root, COMMAND);
exports.requestSourceMap = (root) => mapOf(root, REQUEST);

/** One build makes both maps: they are kept together. */
function mapOf(root, entry) {
  const digest = rememberedDigest(root, INPUTS);
  const pathOf = (one) => join(root, 'node_modules/.cache/tuningfork/maps', `${digest}.${basename(one, '.ts')}.map`);
  const cached = readCached(pathOf(entry));
  if (cached !== null) return cached;
  const { outputFiles } = require('esbuild').buildSync({ ...optionsFor(root), sourcemap: 'external' });
  const mapIn = (one) => outputFiles.find(({ path }) => path === join(root, one.replace(/ts$/, 'js.map'))).text;
  for (const one of [COMMAND, REQUEST]) storeCached(pathOf(one), mapIn(one), 2 * KEPT_BUNDLES);
  return mapIn(entry);
}

function optionsFor(root) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = Object.keys({ ...dependencies, ...devDependencies });
  return {
    absWorkingDir: root,
    entryPoints: [COMMAND, REQUEST],
    outdir: root,
    bundle: true,
    external: packages.filter((name) => !BUNDLED_PACKAGES.includes(name)),
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    supported: { 'dynamic-import': false }, // code that V8 has kept cannot call it
    write: false,
    logLevel: 'silent',
  };
}
