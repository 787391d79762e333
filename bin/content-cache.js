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
const { basename, dirname, join } = require('node:path');

/** The time of a file has the resolution of the kernel's clock, ms. */
const SETTLED_MS = 100;
const KEPT_DIGESTS = 16;
/** A draft that its process did not complete for this long is left over, ms. */
const DRAFT_LIFETIME_MS = 3_600_000;

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

/**
 * The same, without reading the files while each of them is as it was when its content was read.
 * What has just changed is read at the next call too.
 */
exports.rememberedDigest = (root, paths) => {
  const now = Date.now();
  const { state, changedAt } = stateOf(root, paths);
  const path = join(root, 'node_modules/.cache/tuningfork/digests', state);
  const remembered = exports.readCached(path);
  if (remembered !== null && DIGEST.test(remembered)) return remembered;
  const digest = exports.sourceDigest(root, paths);
  if (changedAt < now - SETTLED_MS) exports.storeCached(path, digest, KEPT_DIGESTS);
  return digest;
};

const DIGEST = /^[0-9a-f]{64}$/;

/** Digest of names, inodes, sizes and times, and when the last file changed, epoch ms. */
function stateOf(root, paths) {
  const hash = createHash('sha256');
  let changedAt = 0;
  for (const path of paths.flatMap((each) => filesBelow(root, each))) {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(join(root, path));
    hash.update(`${path}\0${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}\0`);
    changedAt = Math.max(changedAt, ctimeMs);
  }
  return { state: hash.digest('hex'), changedAt };
}

function filesBelow(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats ? [path] : [];
  return filesIn(root, path);
}

const filesIn = (root, directory) =>
  readdirSync(join(root, directory), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${directory}/${entry.name}`;
      if (entry.isSymbolicLink()) return filesBelow(root, path);
      return entry.isDirectory() ? filesIn(root, path) : [path];
    });

/** The content of a file; null where there is none, or none that may be read. */
exports.readCached = (path, encoding = 'utf8') => {
  try {
    return readFileSync(path, encoding);
  } catch {
    return null;
  }
};

/** Where one writer prepares a file, which it then renames. Other writers do not remove it. */
exports.draftOf = (path, writer) => join(dirname(path), `.${basename(path)}.${writer}`);

/**
 * Writes a file, complete or not at all, also after a crash of the host, and removes all of its
 * directory but the `kept` newest. Without effect where the directory cannot be written.
 */
exports.storeCached = (path, content, kept) => {
  const draft = exports.draftOf(path, process.pid);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, content, { flush: true });
    renameSync(draft, path);
    exports.removeOld(dirname(path), kept);
  } catch {
    if (existsSync(draft)) rmSync(draft);
  }
};

/** Removes all files of a directory but the `kept` newest, and drafts that were left over. */
exports.removeOld = (directory, kept) => {
  const writtenAt = (name) => statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newestFirst = readdirSync(directory)
    .map((name) => ({ name, at: writtenAt(name), isDraft: name.startsWith('.') }))
    .sort((a, b) => b.at - a.at);
  const old = newestFirst.filter(({ isDraft }) => !isDraft).slice(kept);
  const leftOver = newestFirst.filter(({ isDraft, at }) => isDraft && Date.now() - at > DRAFT_LIFETIME_MS);
  for (const { name } of [...old, ...leftOver]) rmSync(join(directory, name), { force: true });
};
