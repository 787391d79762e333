'use strict';
const { createRequire } = require('node:module');
const { basename, dirname, join } = require('node:path');
const { readCached, rememberedDigest, storeCached } = require('./content-cache');

/** What a page can consist of, and what makes it. */
const INPUTS = ['web', 'contract', 'helpers', 'package.json', 'node_modules/.package-lock.json'];
/** With those of the sources before the last changes. */
const KEPT = 3;

/** The script and the style of a page, from the cache if none of its sources has changed. */
exports.bundlePage = async (root, entry) => {
  const path = cachePath(root, entry);
  return cached(path) ?? store(path, await esbuild(root).build(optionsFor(root, entry)));
};

exports.bundlePageSync = (root, entry) => {
  const path = cachePath(root, entry);
  return cached(path) ?? store(path, esbuild(root).buildSync(optionsFor(root, entry)));
};

const cachePath = (root, entry) =>
  join(
    root,
    'node_modules/.cache/tuningfork/pages',
    basename(dirname(entry)),
    `${rememberedDigest(root, INPUTS)}.json`,
  );

function cached(path) {
  const text = readCached(path);
  return text === null ? null : JSON.parse(text);
}

/** Takes 40 ms to load, and most starts do not need it. */
const esbuild = (root) => createRequire(join(root, 'package.json'))('esbuild');

const optionsFor = (root, entry) => ({
  absWorkingDir: root,
  entryPoints: [entry],
  outdir: 'page', // written nowhere
  bundle: true,
  minify: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  tsconfig: join(root, 'web/tsconfig.json'),
  charset: 'utf8',
  legalComments: 'none',
});

function store(path, { outputFiles }) {
  const textOf = (ending) => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
  const program = { script: textOf('.js'), style: textOf('.css') };
  storeCached(path, JSON.stringify(program), KEPT);
  return program;
}
