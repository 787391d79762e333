// The test environment of scenarios. Jest loads this file without its transforms.
'use strict';
const { TestEnvironment } = require('jest-environment-node');
const { currentBundle, evaluate, keepCompiled } = require('./suite-modules');

/** The global by which a scenario gets the modules of the suite: see `suite-import.js`. */
const LOADER = Symbol.for('tuningfork.suite-modules');

/** The context that the test files of this process share, and the run that it belongs to. */
let shared = null;

/**
 * One context for all test files of a process, in which the modules of the suite are evaluated
 * once. What a file adds to its globals is removed after it.
 */
module.exports = class ScenarioEnvironment {
  constructor(config, context) {
    const run = [currentBundle(), process.env.E2E_TARGET].join('\n');
    if (shared?.run !== run) shared = { run, ...open(config, context) };
    const { environment, globals } = shared;
    this.globals = globals;
    this.global = environment.global;
    this.moduleMocker = environment.moduleMocker;
    this.fakeTimers = environment.fakeTimers;
    this.fakeTimersModern = environment.fakeTimersModern;
  }

  exportConditions() {
    return shared.environment.exportConditions();
  }

  getVmContext() {
    return shared.environment.getVmContext();
  }

  async setup() {}

  async teardown() {
    if (process.connected) keepCompiled(currentBundle()); // the main process does at its end
    for (const key of Reflect.ownKeys(this.global))
      if (!this.globals.has(key)) Reflect.deleteProperty(this.global, key);
  }
};

function open(config, context) {
  const environment = new TestEnvironment(config, context);
  keepNodeFlags(environment.global);
  environment.global[LOADER] = evaluate(currentBundle(), environment.getVmContext());
  return { environment, globals: new Set(Reflect.ownKeys(environment.global)) };
}

/**
 * Node builds this set at the first use, and keeps it in its own `process`. Jest's copy would
 * build it again at each use, and axios uses it for each request.
 */
function keepNodeFlags({ process: copy }) {
  const value = process.allowedNodeEnvironmentFlags;
  Object.defineProperty(copy, 'allowedNodeEnvironmentFlags', { value, configurable: true, enumerable: true });
}
