'use strict';
const { loadModule } = require('./load');
const { refreshBundle } = require('./suite-modules');

module.exports = class extends loadModule('sequencer').Sequencer {
  constructor(...args) {
    super(...args);
    refreshBundle(); // one is constructed for each run, also in watch mode
  }
};
