// The test environment of unit and integration tests. Jest loads this file without its transforms.
'use strict';
const { TestEnvironment } = require('jest-environment-node');

/**
 * One context for all test files of a process, and for `kept-code-runtime.js` the modules that are
 * evaluated once in it. What a file adds to its globals, its spies, its fake timers and its
 * changes of `process.env` end with it.
 */
module.exports = class SharedEnvironment {
  constructor(config, context) {
    const { constructor: environmentClass } = this;
    const run = environmentClass.runOf(config);
    if (environmentClass.shared?.run !== run)
      environmentClass.shared = { run, ...environmentClass.open(config, context) };
    this.shared = environmentClass.shared;
    this.keptModules = this.shared.kept;
    const { environment } = this.shared;
    this.global = environment.global;
    this.moduleMocker = environment.moduleMocker;
    this.fakeTimers = environment.fakeTimers;
    this.fakeTimersModern = environment.fakeTimersModern;
  }

  /** What a context belongs to: modules can change between two runs of one process (`--watch`). */
  static runOf({ globalConfig }) {
    return process.connected ? 'the only run of a worker' : globalConfig;
  }

  static open(config, context) {
    const environment = new TestEnvironment(config, context);
    keepNodeFlags(environment.global);
    return {
      environment,
      globals: new Set(Reflect.ownKeys(environment.global)),
      variables: { ...environment.global.process.env },
      kept: { modules: new Map(), sourceMaps: new Map() },
    };
  }

  exportConditions() {
    return this.shared.environment.exportConditions();
  }

  getVmContext() {
    return this.shared.environment.getVmContext();
  }

  async setup() {}

  async teardown() {
    const { globals, variables } = this.shared;
    this.fakeTimersModern.useRealTimers();
    this.moduleMocker.restoreAllMocks();
    for (const key of Reflect.ownKeys(this.global)) if (!globals.has(key)) Reflect.deleteProperty(this.global, key);
    const { env } = this.global.process;
    for (const name of Object.keys(env)) if (!(name in variables)) delete env[name];
    Object.assign(env, variables);
  }
};

/**
 * Node builds this set at the first use, and keeps it in its own `process`. Jest's copy would
 * build it again at each use, and axios uses it for each request.
 */
function keepNodeFlags({ process: copy }) {
  const value = process.allowedNodeEnvironmentFlags;
  Object.defineProperty(copy, 'allowedNodeEnvironmentFlags', { value, configurable: true, enumerable: true });
}
