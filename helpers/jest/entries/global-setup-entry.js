module.exports = require('../modules/load').loadModule('global-setup');
