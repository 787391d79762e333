import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, relative } from 'node:path';
import { requestSourceMap, sourceMap } from '../../../bin/bundle';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { messageOf } from '../../errors';

/** A program of the platform, which is in no file of the sources. */
interface Program {
  readonly map: (root: string) => string;
  /** Lines of the program before those of the map. */
  readonly linesBefore: number;
  /** To which the sources of the map are relative. */
  readonly folder: string;
}

/** The bundle, and its copy for the worker processes: its first line is its digest. */
const BUNDLE: Program = { map: sourceMap, linesBefore: 1, folder: 'cli' };
const REQUEST: Program = { map: requestSourceMap, linesBefore: 0, folder: 'platform/egress' };

const PLACE = /[^\s()]+\/(tuningfork|program\/bundle|program\/http-request)\.cjs:(\d+):(\d+)/g;

/**
 * A text in which each place in a program of the platform (`/clone/tuningfork.cjs:4051:17`) is
 * the place in its sources (`platform/core/workflow/step.ts:12:5`), and in which the innermost of
 * the platform's frames is followed by that line of the sources. Never throws: without a map, the
 * places stay, and a line states why.
 */
export function withSourcePlaces(text: string, root: string): string {
  if (text.search(PLACE) === -1) return text;
  try {
    let isInnermost = true;
    return text
      .split('\n')
      .map((line) => {
        const placed = withSourcePlace(line, root);
        const shown = isInnermost && placed !== line ? `${placed}${sourceLine(placed, root)}` : placed;
        isInnermost = placed === line;
        return shown;
      })
      .join('\n');
  } catch (error) {
    return `${text}\n(no places in the sources: ${messageOf(error)})`;
  }
}

const withSourcePlace = (line: string, root: string): string =>
  line.replace(PLACE, (place, name: string, row: string, column: string) => {
    const placeOf = openMap(root, name.endsWith('http-request') ? REQUEST : BUNDLE);
    return placeOf(Number(row), Number(column)) ?? place;
  });

const SOURCE_PLACE = /([\w./-]+\.ts):(\d+):\d+/;

/** The line that a frame names, below it and without its indentation. */
function sourceLine(frame: string, root: string): string {
  const [, path, row] = SOURCE_PLACE.exec(frame) ?? [];
  if (path === undefined) return '';
  const line = readFileSync(join(root, path), 'utf8').split('\n')[Number(row) - 1];
  return line === undefined ? '' : `\n${/^\s*/.exec(frame)![0]}  | ${line.trim()}`;
}

/** Lines and columns from 1. */
type PlaceOf = (line: number, column: number) => string | null;

const opened = new Map<string, PlaceOf>();

function openMap(root: string, program: Program): PlaceOf {
  const { map: readMap, linesBefore, folder } = program;
  const key = join(root, folder);
  const known = opened.get(key);
  if (known) return known;
  const map = new SourceMap(parseJsonText(readMap(root)) as ConstructorParameters<typeof SourceMap>[0]);
  const placeOf: PlaceOf = (line, column) => {
    const entry = map.findEntry(line - 1 - linesBefore, column - 1);
    if (!('originalSource' in entry)) return null;
    const path = relative(root, join(root, folder, entry.originalSource)).replaceAll('\\', '/');
    return `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  };
  opened.set(key, placeOf);
  return placeOf;
}
