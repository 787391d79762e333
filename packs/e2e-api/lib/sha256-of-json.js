// The SHA-256 of a JSON value, in hexadecimal, independent of the order of keys.
const { createHash } = require('node:crypto');

const sortKeys = (_, value) =>
  value instanceof Object && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

exports.sha256OfJson = (value) => createHash('sha256').update(JSON.stringify(value, sortKeys)).digest('hex');
