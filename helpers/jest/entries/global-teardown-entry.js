'use strict';
const { loadModule } = require('../modules/load');
const { currentBundle, keepCompiled } = require('../modules/suite-modules');

const tearDown = loadModule('global-teardown');

module.exports = async () => {
  await tearDown();
  keepCompiled(currentBundle());
};
