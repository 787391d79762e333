module.exports = require('./load').Reporter;
