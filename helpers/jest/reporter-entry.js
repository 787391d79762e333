module.exports = require('./load').loadModule('reporter').Reporter;
