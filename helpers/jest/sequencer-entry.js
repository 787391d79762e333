module.exports = require('./load').Sequencer;
