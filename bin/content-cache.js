'use strict';
const { createHash } = require('node:crypto');
const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { dirname, join } = require('node:path');

/**
 * SHA-256 of files of the project, hexadecimal: of the names and contents of `paths`, and of all
 * files below those that are folders. A path that does not exist counts as such.
 */
exports.sourceDigest = (root, paths) => {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((each) => filesBelow(root, each))) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
};

function filesBelow(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats ? [path] : [];
  const names = readdirSync(join(root, path)).sort();
  return names.flatMap((name) => filesBelow(root, `${path}/${name}`));
}

/** The content of a file; null where there is none, or none that may be read. */
exports.readCached = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

/**
 * Writes a file, complete or not at all, and removes all of its directory but the `kept` newest.
 * Without effect where the directory cannot be written.
 */
exports.storeCached = (path, content, kept) => {
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, content);
    renameSync(draft, path);
    exports.removeOld(dirname(path), kept);
  } catch {
    if (existsSync(draft)) rmSync(draft);
  }
};

/** Removes all files of a directory but the `kept` newest. */
exports.removeOld = (directory, kept) => {
  const age = (name) => statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newestFirst = readdirSync(directory)
    .map((name) => ({ name, at: age(name) }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of newestFirst.slice(kept)) rmSync(join(directory, name), { force: true });
};
