import type { Operation, Read, Write } from './operations';

/**
 * Registers that are written by compare-and-set: the version orders the writes, so each write has
 * one place, and a history is linearizable if no place has two writes, every read shows the write
 * of its version, and no operation sees an older version than one that ended before it began.
 */
export function checkRegisters(history: readonly Operation[]): string[] {
  const names = new Set(history.flatMap((operation) => (operation.type === 'add' ? [] : [operation.register])));
  return [...names].flatMap((name) => checkRegister(name, history));
}

function checkRegister(name: string, history: readonly Operation[]): string[] {
  const writes = history.filter((each): each is Write => each.type === 'write' && each.register === name);
  const reads = history.filter((each): each is Read => each.type === 'read' && each.register === name);
  return [...doubleWrites(name, writes), ...foreignReads(name, writes, reads), ...staleViews(name, writes, reads)];
}

/** Two accepted writes of one version: one of them is lost. */
function doubleWrites(name: string, writes: readonly Write[]): string[] {
  const accepted = writes.filter(({ outcome }) => outcome === 'ok');
  return accepted
    .filter(({ base }, n) => accepted.findIndex((other) => other.base === base) !== n)
    .map(({ base, value }) => `${name}: a second write of version ${base + 1} was accepted, of ${value}`);
}

/** A read shows a value that no write of its version can have left. */
const foreignReads = (name: string, writes: readonly Write[], reads: readonly Read[]): string[] =>
  reads.flatMap(({ version, value }) => {
    const accepted = writes.filter(({ base, outcome }) => base + 1 === version && outcome === 'ok');
    const possible =
      accepted.length > 0
        ? accepted
        : writes.filter(({ base, outcome }) => base + 1 === version && outcome === 'unknown');
    if (version === 1 || possible.some((write) => write.value === value)) return [];
    return [`${name}: version ${version} shows ${value}, which no write left there`];
  });

/** A version that an earlier operation has seen or made must be visible to every later one. */
function staleViews(name: string, writes: readonly Write[], reads: readonly Read[]): string[] {
  const seen = [
    ...reads.map(({ version, ...timed }) => ({ ...timed, version })),
    ...writes.filter(({ outcome }) => outcome === 'ok').map(({ base, ...timed }) => ({ ...timed, version: base + 1 })),
  ];
  return reads.flatMap((read) => {
    const newer = seen.find(({ returnedAt, version }) => returnedAt < read.invokedAt && version > read.version);
    return newer ? [`${name}: version ${read.version} was read after version ${newer.version}`] : [];
  });
}
