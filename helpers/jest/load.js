// Jest loads reporters and sequencers without its transforms; this gives it ours. The config's own loader is the same.
const { register } = require('esbuild-register/dist/node');

const { unregister } = register();
try {
  exports.Reporter = require('./reporter.ts').Reporter;
  exports.Sequencer = require('./sequencer.ts').Sequencer;
} finally {
  unregister();
}
