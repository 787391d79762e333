// Jest loads reporters and sequencers without its transforms; this gives it ours. The config's own loader is the same.
const { register } = require('ts-node');

const hook = register({ transpileOnly: true });
try {
  exports.Reporter = require('./reporter.ts').Reporter;
  exports.Sequencer = require('./sequencer.ts').Sequencer;
} finally {
  hook.enabled(false);
}
