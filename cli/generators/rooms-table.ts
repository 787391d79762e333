import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOM_PURPOSES } from './room-purposes';

const RULES_FILE = '.dependency-cruiser.js';

interface Side {
  readonly path?: string;
  readonly pathNot?: string | readonly string[];
}

interface Rules {
  readonly forbidden: readonly { readonly name: string; readonly from: Side; readonly to: Side }[];
}

/** A folder with an import rule. */
interface Room {
  readonly folder: string;
  /** Folders that it may import beside itself. */
  readonly folders: readonly string[];
  /** Files of other folders that it may import. */
  readonly files: readonly string[];
}

/**
 * A row for each room of the import rules, and for each other folder with a purpose. Throws where
 * a room has no purpose, or a purpose no folder.
 */
export function roomsTable(root: string): string[] {
  const rooms = readRooms(root);
  const missing = rooms.filter(({ folder }) => !Object.hasOwn(ROOM_PURPOSES, folder));
  if (missing.length > 0)
    throw new Error(`no purpose of ${missing.map(({ folder }) => folder).join(', ')} in room-purposes.ts`);
  const gone = Object.keys(ROOM_PURPOSES).filter((folder) => !existsSync(join(root, folder)));
  if (gone.length > 0) throw new Error(`no folder ${gone.join(', ')}, which room-purposes.ts has`);
  const rows = Object.entries(ROOM_PURPOSES).map(([folder, purpose]) => {
    const room = rooms.find((one) => one.folder === folder);
    return `| \`${folder}\` | ${purpose} | ${room ? importsText(room) : 'no rule'} |`;
  });
  return ['| room | holds | may import |', '| --- | --- | --- |', ...rows];
}

const importsText = ({ folders, files }: Room): string =>
  [...folders, ...files].map((name) => `\`${name.replaceAll('|', '\\|')}\``).join(', ') || 'nothing';

/** A diagram of the rooms of the platform, without arrows that follow from others. */
export function roomsDiagram(root: string): string[] {
  const rooms = readRooms(root).filter(({ folder }) => /^platform\/[\w-]+\/$/.test(folder));
  const targets = new Map(
    rooms.map(({ folder, folders }) => [folder, folders.filter((other) => rooms.some((one) => one.folder === other))]),
  );
  const reaches = (from: string, to: string): boolean =>
    (targets.get(from) ?? []).some((next) => next === to || reaches(next, to));
  const lines = [...targets].flatMap(([from, all]) => {
    const direct = all.filter((to) => !all.some((other) => other !== to && reaches(other, to)));
    return direct.length === 0 ? [] : [`  ${nameOf(from)} --> ${direct.map(nameOf).join(' & ')}`];
  });
  return ['```mermaid', 'flowchart TD', ...lines, '```'];
}

const nameOf = (folder: string): string => folder.split('/').at(-2)!;

/** The rules of the form "files below this folder import only …". */
function readRooms(root: string): Room[] {
  const { forbidden } = createRequire(join(root, 'package.json'))(`./${RULES_FILE}`) as Rules;
  return forbidden
    .filter(({ name, from }) => name.endsWith('-arrows') && /^\^[\w/-]+\/$/.test(from.path ?? ''))
    .map(({ from, to }) => {
      const folder = withoutCaret(from.path!);
      const allowed = [to.pathNot ?? []].flat().map(withoutCaret);
      return {
        folder,
        folders: allowed.filter((path) => path.endsWith('/') && path !== folder),
        files: allowed.filter((path) => path.endsWith('$')).map((path) => path.replace(/[\\$]/g, '')),
      };
    });
}

const withoutCaret = (pattern: string): string => pattern.replace(/^\^/, '');
