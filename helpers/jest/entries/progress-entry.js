const { loadModule } = require('../modules/load');

/** Jest calls a reporter's module with `new`: the result is the object that is returned. */
module.exports = function Progress(config) {
  return loadModule('progress').createProgress(config);
};
