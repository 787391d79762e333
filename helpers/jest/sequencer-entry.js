module.exports = require('./load').loadModule('sequencer').Sequencer;
