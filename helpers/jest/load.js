// Jest loads reporters and sequencers without its transforms; esbuild compiles them, as it does
// the config.
const { register } = require('esbuild-register/dist/node');

const { unregister } = register();
try {
  exports.Reporter = require('./reporter.ts').Reporter;
  exports.Sequencer = require('./sequencer.ts').Sequencer;
} finally {
  unregister();
}
