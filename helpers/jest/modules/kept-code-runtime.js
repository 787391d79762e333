// Jest's module loader, which keeps the code of modules from one test file to the next. Jest loads
// this file without its transforms.
'use strict';
const { statSync } = require('node:fs');
const { Script, SyntheticModule } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** By project and path: what Jest's transforms made of a file, and the state of the file then. */
const transformed = new Map();
/** By path: the compiled code of a module. It belongs to no context. */
const compiled = new Map();
/**
 * With `--experimental-vm-modules`, `import()` works, and loads modules for the test file for
 * which the code was compiled.
 */
const hasDynamicImport = typeof SyntheticModule === 'function';

/**
 * Each test file evaluates its modules itself, in its own context. A file is transformed and
 * compiled once for all of them, until it changes: V8 also keeps what it compiled at first calls.
 */
module.exports = class KeptCodeRuntime extends Runtime {
  constructor(config, environment, resolver, transformer, cacheFS, coverage, ...others) {
    super(config, environment, resolver, transformer, cacheFS, coverage, ...others);
    requireParts(this);
    if (coverage.collectCoverage) return; // it is measured by script
    keepTransformed(this.transformCache, config.id);
    if (!hasDynamicImport) keepCompiled(this.executor, environment);
  }
};

/** These are no public part of Jest. */
function requireParts({ transformCache, executor }) {
  if (typeof transformCache?.transform === 'function' && typeof executor?.compile === 'function') return;
  const { version } = require('jest-runtime/package.json');
  throw new Error(
    `jest-runtime ${version} has no transformCache.transform or no executor.compile: ` +
      `update ${__filename}, or remove "runtime" from jest.config.ts`,
  );
}

function keepTransformed(cache, project) {
  const transform = cache.transform.bind(cache);
  cache.transform = (path, options) => {
    if (options !== undefined) return transform(path, options);
    const key = `${project}\0${path}`;
    const state = stateOf(path);
    const before = transformed.get(key);
    if (before?.state !== state) {
      transform(path);
      transformed.set(key, { state, file: cache.transforms.get(path) });
      return cache.transforms.get(path).code;
    }
    const { file } = before;
    cache.transforms.set(path, file);
    if (file.sourceMapPath) cache.sourceMaps.set(path, file.sourceMapPath);
    return file.code;
  };
}

function stateOf(path) {
  const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
  return `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

function keepCompiled(executor, environment) {
  const compile = executor.compile.bind(executor);
  executor.compile = (source, path) => {
    const context = environment.getVmContext();
    const script = context === null ? null : scriptOf(source, path, executor.injectedModuleParameters);
    return script === null ? compile(source, path) : script.runInContext(context);
  };
}

/** Null: it cannot be compiled. */
function scriptOf(source, path, parameters) {
  const head = `(function (${parameters.join(', ')}) {`;
  const before = compiled.get(path);
  if (before?.source === source && before.head === head) return before.script;
  const script = compileScript(head, source, path);
  compiled.set(path, { source, head, script });
  return script;
}

function compileScript(head, source, path) {
  try {
    return new Script(`${head}${source}\n})`, { filename: path, columnOffset: -head.length });
  } catch (error) {
    if (error.name === 'SyntaxError') return null; // Jest's own compilation reports where
    throw error;
  }
}
