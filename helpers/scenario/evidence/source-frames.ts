import { SourceMap } from 'node:module';
import { join, relative } from 'node:path';
import { sourceMap } from '../../../bin/bundle';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { messageOf } from '../../errors';

/**
 * The program of a platform that runs from the sources at `root`, which is in no file, and its
 * copy for the worker processes.
 */
const PROGRAM = /[^\s()]+\/(?:tuningfork\.cjs|program\/bundle\.cjs):(\d+):(\d+)/g;
/** Lines of the program before those of the map: its digest. */
const LINES_BEFORE = 1;

/**
 * A text in which each place in the program of the platform (`/clone/tuningfork.cjs:4051:17`) is
 * the place in its sources (`platform/core/workflow/step.ts:12:5`). Never throws: without a map,
 * the places stay, and a line states why.
 */
export function withSourcePlaces(text: string, root: string): string {
  if (text.search(PROGRAM) === -1) return text;
  try {
    const placeOf = openMap(root);
    return text.replace(
      PROGRAM,
      (place, line: string, column: string) => placeOf(Number(line), Number(column)) ?? place,
    );
  } catch (error) {
    return `${text}\n(no places in the sources: ${messageOf(error)})`;
  }
}

/** Lines and columns from 1. */
type PlaceOf = (line: number, column: number) => string | null;

let opened: { readonly root: string; readonly placeOf: PlaceOf } | null = null;

function openMap(root: string): PlaceOf {
  if (opened?.root === root) return opened.placeOf;
  const map = new SourceMap(parseJsonText(sourceMap(root)) as ConstructorParameters<typeof SourceMap>[0]);
  const placeOf: PlaceOf = (line, column) => {
    const entry = map.findEntry(line - 1 - LINES_BEFORE, column - 1);
    if (!('originalSource' in entry)) return null;
    const path = relative(root, join(root, 'cli', entry.originalSource)).replaceAll('\\', '/');
    return `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  };
  opened = { root, placeOf };
  return placeOf;
}
