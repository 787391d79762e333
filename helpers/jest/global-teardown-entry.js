module.exports = require('./load').loadModule('global-teardown');
