// The test environment of scenarios. Jest loads this file without its transforms.
'use strict';
const SharedEnvironment = require('./shared-environment');
const { currentBundle, evaluate, keepCompiled } = require('./suite-modules');

/** The global by which a scenario gets the modules of the suite: see `suite-import.js`. */
const LOADER = Symbol.for('tuningfork.suite-modules');

/** The context in which the modules of the suite are evaluated once, from their bundle. */
module.exports = class ScenarioEnvironment extends SharedEnvironment {
  static runOf() {
    return [currentBundle(), process.env.E2E_TARGET].join('\n');
  }

  static open(config, context) {
    const { environment, ...shared } = super.open(config, context);
    environment.global[LOADER] = evaluate(currentBundle(), environment.getVmContext());
    return { ...shared, environment, globals: new Set(Reflect.ownKeys(environment.global)), kept: undefined };
  }

  async teardown() {
    if (process.connected) keepCompiled(currentBundle()); // the main process does at its end
    await super.teardown();
  }
};
