import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../../cli/main';
import { EXIT_CODES } from '../../../contract/errors';
import { RESULT_CLASSES } from '../../../helpers/scenario/test-records';
import { formatFaults, referenceFaults } from '../../../helpers/target/declaration-faults';
import { Choices, resolveChoices, type Declarations } from '../../../helpers/target/declarations';
import { readDeclarations } from '../../../helpers/target/target-file';

const ROOT = join(__dirname, '../../..');
const page = readFileSync(join(ROOT, 'docs/targets.md'), 'utf8');

const found = (pattern: RegExp): string[] => [...new Set([...page.matchAll(pattern)].map(([, name]) => name!))];

/** The anchors of the page's headings, as GitHub derives them. */
const anchors = found(/^#+ (.+)$/gm).map((heading) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

/** The first cells of the table below a header. */
const rowsBelow = (header: string): string[] => {
  const table = page.slice(page.indexOf(header)).split('\n\n', 1)[0] ?? '';
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|')[1]!.trim());
};

test('every link within the page exists', () => {
  expect(found(/\]\(#([^)]+)\)/g).filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});

test('every link of a known defect exists', () => {
  const links = readdirSync(join(ROOT, 'targets'))
    .flatMap((file) => readDeclarations(file.replace(/\.json$/, '')).known ?? [])
    .map(({ link }) => link);
  const missing = links.filter((link) => {
    const [file, anchor] = link.split('#');
    return file !== 'docs/targets.md' || !anchors.includes(anchor ?? '');
  });
  expect(missing.filter((link) => !link.startsWith('https://'))).toEqual([]);
});

test('every command and flag of tuningfork that is named exists', () => {
  const { commands } = createProgram({ root: ROOT, bundle: '' });
  const doctor = commands.find((command) => command.name() === 'doctor');
  expect(found(/npx tuningfork ([a-z-]+)/g).sort()).toEqual(['doctor', 'report', 'test', 'up']);
  expect(found(/npx tuningfork doctor (--[a-z-]+)/g)).toEqual(['--target']);
  expect(doctor?.options.map(({ long }) => long)).toContain('--target');
});

test('the results and exit codes are those of the code', () => {
  expect(rowsBelow('| result | meaning |')).toEqual([...RESULT_CLASSES]);
  expect(rowsBelow('| exit | means |').map(Number)).toEqual(Object.values(EXIT_CODES));
});

test('every target file is listed', () => {
  const files = readdirSync(join(ROOT, 'targets')).map((file) => `\`${file.replace(/\.json$/, '')}\``);
  expect(rowsBelow('| file in `targets/` | the platform |').sort()).toEqual(files.sort());
});

test('every choice is listed with its default first', () => {
  const defaults = resolveChoices({ about: '', capabilities: {}, notProven: {} });
  const rows = [...page.matchAll(/^\| `(\w+)` \| `?([\w-]+)`?, /gm)].map(([, name, value]) => [name, value]);
  expect(rows).toEqual(Object.keys(Choices.properties).map((name) => [name, String(defaults[name as keyof Choices])]));
});

test('the example of a target file is valid', () => {
  const [, example = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  const content = JSON.parse(example) as Declarations;
  expect(formatFaults(content)).toEqual([]);
  expect(referenceFaults(content, ['T1.7a', 'T2.8f'])).toEqual([]);
});

test('every message of an unusable target is explained', () => {
  const directory = join(ROOT, 'helpers/target');
  const sources = readdirSync(directory).filter((file) => file.endsWith('.ts'));
  const texts = sources.flatMap((file) => [
    ...readFileSync(join(directory, file), 'utf8').matchAll(/new TargetError\(\s*`([^`]+)/g),
  ]);
  const messages = texts.map(([, text]) => text!.split('\\n', 1)[0]!.replace(/\$\{[^}]*\}/g, '…'));
  expect(messages.length).toBeGreaterThan(10);
  const parts = messages.map((message) => message.replace(/; …$/, '').trim());
  expect(parts.filter((part) => !page.includes(part))).toEqual([]);
});
