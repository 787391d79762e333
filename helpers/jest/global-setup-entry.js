module.exports = require('./load').loadModule('global-setup');
