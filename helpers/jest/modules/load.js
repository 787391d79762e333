// The modules that Jest itself loads, without its transforms: from the bundle of the suite.
'use strict';
const { currentBundle, evaluate } = require('./suite-modules');

let loaded = null;

/** A module of `helpers/jest`, from the bundle of the run. */
exports.loadModule = (name) => {
  const path = currentBundle();
  if (loaded?.path !== path) loaded = { path, get: evaluate(path) };
  return loaded.get(`helpers/jest/${name}`);
};
