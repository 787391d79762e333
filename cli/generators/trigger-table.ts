import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const FUNCTIONS_FOLDER = 'platform/store/functions';

const TRIGGER =
  /create or replace trigger (\w+)\s+(before|after) ([^;]*?)\s+on (\w+)\s+for each (?:row|statement)\s+(?:when \(([^;]*?)\)\s+)?execute function/g;
/** A longer condition of a trigger is not shown: its file has it. */
const MAX_CONDITION = 60;

/** A row for each trigger of the files of functions, by table: when it runs, and what it does. */
export function triggerTable(root: string): string[] {
  const paths = readdirSync(join(root, FUNCTIONS_FOLDER), { recursive: true, encoding: 'utf8' });
  const rows = paths
    .filter((path) => path.endsWith('.sql'))
    .flatMap((path) => rowsOf(path, readFileSync(join(root, FUNCTIONS_FOLDER, path), 'utf8')));
  return [
    '| table | trigger, with its file | when | what the file does |',
    '| --- | --- | --- | --- |',
    ...rows.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row),
  ];
}

const rowsOf = (path: string, text: string): { key: string; row: string }[] =>
  [...text.matchAll(TRIGGER)].map(([, name, timing, events, table, condition]) => {
    const file = `[\`${name!}\`](../${posix.join(FUNCTIONS_FOLDER, path)})`;
    const when = `${timing!} ${spaced(events!)}${condition === undefined ? '' : conditionText(spaced(condition))}`;
    return { key: `${table!} ${name!}`, row: `| \`${table!}\` | ${file} | ${when} | ${firstSentence(text)} |` };
  });

const conditionText = (condition: string): string =>
  condition.length > MAX_CONDITION ? ', on a condition' : `, if \`${condition}\``;

/** Of the comment at the start of a file. */
function firstSentence(text: string): string {
  const [comment] = /^(-- .*\n)*/.exec(text)!;
  return spaced(comment.replace(/^-- /gm, '')).split(/(?<=\.) /)[0]!;
}

const spaced = (text: string): string => text.trim().replace(/\s+/g, ' ');
