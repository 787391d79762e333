'use strict';
const { loadModule } = require('../modules/load');
const { refreshBundle } = require('../modules/suite-modules');

module.exports = class extends loadModule('sequencer').Sequencer {
  constructor(...args) {
    super(...args);
    refreshBundle(); // one is constructed for each run, also in watch mode
  }
};
