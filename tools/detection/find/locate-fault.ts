import { posix } from 'node:path';
import { FaultError, pathOfFile, type Fault } from '../fault';
import { applyFault } from '../source/apply-fault';
import { namedNodes } from '../source/find-part';
import { parse } from '../source/tokens';
import { carryOver } from './carry-over';
import { placeAt, placesIn, type Place } from './place';
import { similarInSql, similarInTypeScript } from './similar';
import type { Sources } from './sources';

/** The keys of a fault that follow its source. */
export type Entry = Pick<Fault, 'file' | 'within' | 'find' | 'replace'>;

/** Where the part of a fault is now. */
export type Location =
  | { readonly outcome: 'applies' }
  | {
      /** Of the same tokens elsewhere, or of similar ones. */
      readonly outcome: 'moved' | 'changed';
      readonly place: Place;
      /** Null where the replacement does not fit the place. */
      readonly entry: Entry | null;
    }
  | { readonly outcome: 'ambiguous'; readonly candidates: readonly Place[] }
  | { readonly outcome: 'gone' };

export function locateFault(fault: Fault, sources: Sources): Location {
  if (applies(fault, sources)) return { outcome: 'applies' };
  const same = nearest(fault, samePlaces(fault, sources));
  const isInPlace = same.length > 0 && distance(fault, same[0]!) < OTHER_FUNCTION;
  const like = isInPlace ? [] : similarPlaces(fault, sources);
  const similar = nearest(
    fault,
    like.map(({ place }) => place),
  );
  const isChanged = similar.length > 0 && distance(fault, similar[0]!) < OTHER_FUNCTION;
  const candidates = isChanged ? [...similar, ...same] : same.length > 0 ? same : similar;
  const [place, ...others] = candidates;
  if (place === undefined) return { outcome: 'gone' };
  if (others.length > 0) return { outcome: 'ambiguous', candidates };
  const changed = like.find((part) => part.place === place);
  return changed === undefined ? movedTo(fault, place, sources) : changedTo(fault, changed, sources);
}

function movedTo(fault: Fault, place: Place, sources: Sources): Location {
  const { find, replace } = fault;
  return { outcome: 'moved', place, entry: entryAt(fault, { ...place, find, replace }, sources) };
}

function changedTo(fault: Fault, { place, isWhole }: SimilarPlace, sources: Sources): Location {
  const replace = isWhole ? carryOver(fault, place.find) : null;
  return { outcome: 'changed', place, entry: replace === null ? null : entryAt(fault, { ...place, replace }, sources) };
}

/** The entry, if the fault applies with it. */
function entryAt(fault: Fault, { file, within, find, replace }: Entry, sources: Sources): Entry | null {
  const entry = { file, ...(within !== undefined && { within }), find, replace };
  const { id, promise, claims } = fault;
  return applies({ id, promise, claims, ...entry }, sources) ? entry : null;
}

function applies(fault: Fault, sources: Sources): boolean {
  const text = sources.get(pathOfFile(fault.file));
  if (text === undefined) return false;
  try {
    return applyFault(fault, text) !== text;
  } catch (error) {
    if (error instanceof FaultError) return false;
    throw error;
  }
}

/** In a function of the same name in a file of another name. */
const LEAST_SCORE_ELSEWHERE = 0.8;
/** Shorter parts occur by chance, too: elsewhere, one of them proves nothing. */
const LEAST_LENGTH = 20;

const isOfKind = (fault: Fault, path: string): boolean => posix.extname(path) === posix.extname(fault.file);

function samePlaces(fault: Fault, sources: Sources): Place[] {
  const longest = fault.find.match(/[\w$]+/g)?.sort((left, right) => right.length - left.length)[0] ?? '';
  const isLong = fault.find.length >= LEAST_LENGTH;
  const farthest = isLong ? ELSEWHERE : hasFunction(fault, sources) ? OTHER_FUNCTION - 1 : ELSEWHERE - 1;
  return [...sources]
    .filter(([path, text]) => isOfKind(fault, path) && text.toLowerCase().includes(longest.toLowerCase()))
    .flatMap(([path, text]) => placesIn(path, text, fault))
    .filter((place) => distance(fault, place) <= farthest);
}

/** Whether the file still has a function of the name. */
function hasFunction({ file, within }: Fault, sources: Sources): boolean {
  const text = sources.get(pathOfFile(file));
  return text !== undefined && within !== undefined && namedNodes(parse(text), within).length > 0;
}

interface SimilarPlace {
  readonly place: Place;
  readonly isWhole: boolean;
}

function similarPlaces(fault: Fault, sources: Sources): SimilarPlace[] {
  const { within, find } = fault;
  return [...sources]
    .filter(([path]) => isOfKind(fault, path))
    .filter(([path, text]) => (within === undefined ? isNamesake(fault, path) : text.includes(nameIn(within))))
    .flatMap(([path, text]) => {
      const parts = within === undefined ? similarInSql(text, find) : similarInTypeScript(text, within, find);
      return parts
        .filter(({ score }) => isNamesake(fault, path) || score >= LEAST_SCORE_ELSEWHERE)
        .map(({ range, isWhole }) => ({ place: placeAt({ path, text }, range, within), isWhole }));
    });
}

/** `retry` of `Task.retry`. */
const nameIn = (within: string): string => within.split('.').at(-1)!;
const isNamesake = ({ file }: Fault, path: string): boolean => posix.basename(path) === posix.basename(file);

/** The same text in another function, or file, may be another part. */
const OTHER_FUNCTION = 2;
const ELSEWHERE = 4;

/** How far a place is from the one that the fault names: 0 is the same function. */
function distance(fault: Fault, place: Place): number {
  const isSameFunction = place.within === fault.within;
  if (place.file === fault.file) return isSameFunction ? 0 : OTHER_FUNCTION;
  if (isSameFunction && isNamesake(fault, place.file)) return 1;
  return isSameFunction && fault.within !== undefined ? 3 : ELSEWHERE;
}

/** The places that are not farther away than the nearest one. */
function nearest(fault: Fault, places: readonly Place[]): Place[] {
  const least = Math.min(...places.map((place) => distance(fault, place)));
  return places.filter((place) => distance(fault, place) === least);
}
