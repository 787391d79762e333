// The modules that Jest itself loads, without its transforms: from the bundle of the suite.
'use strict';
const { evaluate, refreshBundle } = require('./suite-modules');

let loaded = null;

/** A module of this directory, from the sources as they are now. */
exports.loadModule = (name) => {
  const path = refreshBundle();
  if (loaded?.path !== path) loaded = { path, get: evaluate(path) };
  return loaded.get(`helpers/jest/${name}`);
};
