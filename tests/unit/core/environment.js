// Jest runs modules in a context of its own, where V8 looks up each global slowly: code of the
// platform takes three times as long there. This loads it outside, as the platform does.
const { TestEnvironment } = require('jest-environment-node');
const { register } = require('esbuild-register/dist/node');

module.exports = class PlainNodeEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    const { unregister } = register();
    try {
      this.global.plainNode = require('./timed-code.ts');
    } finally {
      unregister();
    }
  }
};
