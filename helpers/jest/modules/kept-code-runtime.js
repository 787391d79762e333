// Jest's module loader, which keeps the code of modules from one test file to the next. Jest loads
// this file without its transforms.
'use strict';
const { statSync } = require('node:fs');
const { join, sep } = require('node:path');
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

/** Packages, and the contract, whose modules keep no state. */
const SHARED = [`${sep}node_modules${sep}`, join(__dirname, '../../../contract', sep)];

/**
 * A file is transformed and compiled once for all test files, until it changes: V8 also keeps what
 * it compiled at first calls. In a shared environment, the modules of packages and of the contract
 * are also evaluated once. Each test file evaluates all others itself.
 */
module.exports = class KeptCodeRuntime extends Runtime {
  constructor(config, environment, resolver, transformer, cacheFS, coverage, ...others) {
    super(config, environment, resolver, transformer, cacheFS, coverage, ...others);
    requireParts(this);
    if (coverage.collectCoverage) return; // it is measured by test file and script
    if (environment.keptModules) this.keepModules(environment.keptModules);
    keepTransformed(this.transformCache, config.id);
    if (!hasDynamicImport) keepCompiled(this.executor, environment);
  }

  keepModules(kept) {
    kept.runtime = this;
    this.kept = kept;
    this.registries.moduleRegistry = new KeptModules(kept.modules);
    this.transformCache.sourceMaps = kept.sourceMaps;
  }

  /** What a kept module requires later is of the test file that runs then. */
  requireModuleOrMock(from, name) {
    const { runtime } = this.kept ?? { runtime: this };
    return runtime === this ? super.requireModuleOrMock(from, name) : runtime.requireModuleOrMock(from, name);
  }

  setMock(...args) {
    this.refuseIfKept('jest.mock');
    super.setMock(...args);
  }

  resetModules() {
    if (!this.isEnding) this.refuseIfKept('jest.resetModules');
    super.resetModules();
  }

  teardown() {
    this.isEnding = true; // Jest resets the modules of the test file
    super.teardown();
  }

  isolateModules(load) {
    this.refuseIfKept('jest.isolateModules');
    super.isolateModules(load);
  }

  async isolateModulesAsync(load) {
    this.refuseIfKept('jest.isolateModulesAsync');
    await super.isolateModulesAsync(load);
  }

  /** Another test file would have the mock, or this one the module of another. */
  refuseIfKept(call) {
    if (this.kept === undefined) return; // also while Jest constructs it
    throw new Error(
      `${call}: packages are shared by test files: add "@jest-environment node" to the file's first comment`,
    );
  }
};

/** The modules of one test file, and those that all files of the process share. */
class KeptModules extends Map {
  constructor(kept) {
    super();
    this.kept = kept;
  }

  get(path) {
    return super.get(path) ?? this.kept.get(path);
  }

  has(path) {
    return super.has(path) || this.kept.has(path);
  }

  set(path, module) {
    if (SHARED.some((part) => path.includes(part))) this.kept.set(path, module);
    else super.set(path, module);
    return this;
  }

  /** Jest does so when the module has thrown an error. */
  delete(path) {
    return super.delete(path) || this.kept.delete(path);
  }
}

/** These are no public part of Jest. */
function requireParts({ transformCache, executor, registries }) {
  const functions = [transformCache?.transform, executor?.compile];
  const maps = [transformCache?.sourceMaps, registries?.moduleRegistry];
  if (functions.every((part) => typeof part === 'function') && maps.every((part) => part instanceof Map)) return;
  const { version } = require('jest-runtime/package.json');
  throw new Error(
    `jest-runtime ${version} has no transformCache.transform, transformCache.sourceMaps, executor.compile or ` +
      `registries.moduleRegistry: update ${__filename}, or remove "runtime" from jest.config.ts`,
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
