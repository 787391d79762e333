import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathOfFile, type Fault } from '../../tools/detection/fault';
import { locateFault, type Entry, type Location } from '../../tools/detection/find/locate-fault';
import type { Place } from '../../tools/detection/find/place';
import { rewriteEntry } from '../../tools/detection/find/rewrite-entry';
import { CATALOGUE, readSources } from '../../tools/detection/find/sources';

interface FoundFault {
  readonly fault: Fault;
  readonly location: Location;
  /** Its entry in the catalogue names the place now. */
  readonly written: boolean;
}

interface FindFlags {
  readonly write?: true;
  readonly json?: true;
}

interface FindReport {
  /** To print. */
  readonly text: string;
  /** Whether every fault applies, or its entry was written. */
  readonly isComplete: boolean;
}

/** Finds the parts of faults that no longer apply; with `write`, changes their entries. */
export function findFaults(faults: readonly Fault[], flags: FindFlags, root: string): FindReport {
  const sources = readSources(root);
  const found = faults.map((fault): FoundFault => {
    const location = locateFault(fault, sources);
    const entry = entryOf(location);
    return { fault, location, written: flags.write === true && entry !== null && writeEntry(root, fault, entry) };
  });
  return {
    text: flags.json ? JSON.stringify(documentOf(found)) : formatFound(found),
    isComplete: found.every(({ location, written }) => location.outcome === 'applies' || written),
  };
}

const entryOf = (location: Location): Entry | null => ('entry' in location ? location.entry : null);

/** Whether a file of the catalogue has the entry. */
function writeEntry(root: string, { id }: Fault, entry: Entry): boolean {
  const files = readdirSync(join(root, CATALOGUE), { recursive: true, encoding: 'utf8' });
  return files.some((file) => {
    if (!file.endsWith('.ts')) return false;
    const path = join(root, CATALOGUE, file);
    const changed = rewriteEntry(readFileSync(path, 'utf8'), id, entry);
    if (changed !== null) writeFileSync(path, changed);
    return changed !== null;
  });
}

const documentOf = (found: readonly FoundFault[]) => ({
  faults: found.map(({ fault: { id, file, within, find }, location, written }) => ({
    id,
    file,
    within,
    find,
    ...location,
    written,
  })),
});

function formatFound(found: readonly FoundFault[]): string {
  const others = found.filter(({ location }) => location.outcome !== 'applies');
  return [...others.flatMap(linesOf), `${found.length - others.length} of ${found.length} apply`].join('\n');
}

function linesOf({ fault, location, written }: FoundFault): string[] {
  const old = `${fault.id}: ${placeName(fault)}`;
  switch (location.outcome) {
    case 'applies':
      return [];
    case 'gone':
      return [`${old}: nothing is like ${fault.find}`];
    case 'ambiguous':
      return [`${old}: may be in one of`, ...location.candidates.map((place) => `  ${lineName(place)}: ${place.find}`)];
    case 'moved':
    case 'changed':
      return [
        `${old} ${location.outcome} to ${lineName(location.place)}${written ? ', written' : ''}`,
        `  - ${fault.find}`,
        `  + ${location.place.find}`,
        location.entry === null
          ? `  its replacement does not fit: ${fault.replace}`
          : `  replaced by ${location.entry.replace || 'nothing'}`,
      ];
  }
}

const placeName = ({ file, within }: Pick<Fault, 'file' | 'within'>): string =>
  within === undefined ? pathOfFile(file) : `${pathOfFile(file)}, ${within}`;
const lineName = ({ line, ...place }: Place): string => placeName({ ...place, file: `${place.file}:${line}` });
