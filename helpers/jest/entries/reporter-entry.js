module.exports = require('../modules/load').loadModule('reporter').Reporter;
