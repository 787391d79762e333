// For Jest's --filter: of the files that its arguments match, those in the list of E2E_SELECTION.
const { readFileSync } = require('node:fs');

module.exports = (paths) => {
  const selected = new Set(JSON.parse(readFileSync(process.env.E2E_SELECTION, 'utf8')));
  return { filtered: paths.filter((path) => selected.has(path)) };
};
