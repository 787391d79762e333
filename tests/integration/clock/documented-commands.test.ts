import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPlatform, type StartedPlatform } from '../../../helpers/target/start/started-platform';

jest.setTimeout(60_000);

const ROOT = join(__dirname, '../../..');
const page = readFileSync(join(ROOT, 'docs/time.md'), 'utf8');
const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp('```' + language + '\\n(.*?)```', 'gs'))].map(([, block]) => block!);

const [introduction = '', ...sections] = page.slice(page.indexOf('## Three examples')).split('\n### ');
const [preparation = ''] = blocksOf(introduction, 'sh');
const examples = sections.map((section) => ({
  title: section.split('\n')[0]!,
  commands: blocksOf(section, 'sh').join('\n'),
  output: blocksOf(section, 'text').join('\n'),
}));

const directory = mkdtempSync(join(tmpdir(), 'tuningfork-time-'));
let platform: StartedPlatform;

beforeAll(async () => {
  const npx = join(directory, 'npx');
  writeFileSync(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(ROOT, 'bin/tuningfork.js')}' "$@"\n`);
  chmodSync(npx, 0o755);
  platform = await startPlatform({ PLATFORM_VIRTUAL_TIME: 'on' });
}, 120_000);

afterAll(async () => {
  await platform.stop();
  rmSync(directory, { recursive: true });
});

/** The output of commands of the page, in the directory of the test. */
async function runCommands(commands: string): Promise<string> {
  const env = {
    PATH: `${directory}:${process.env.PATH ?? ''}`,
    NO_COLOR: '1',
    PLATFORM_URL: platform.running.url,
  };
  const { stdout } = await promisify(execFile)('sh', ['-euc', `${preparation}\n${commands}`], { cwd: directory, env });
  return stdout;
}

/** Lines without the durations of steps, the ids of rows, and zeros at the end of an instant. */
const comparable = (text: string): string[] =>
  text
    .split('\n')
    .map((line) =>
      line
        .replace(/ {2}\d+\.\d s$/, '')
        .replace(/(timer|key|inquiry) \d+$/, '$1 N')
        .replaceAll(/(\d\d:\d\d:\d\d(?:\.\d*[1-9])?)\.?0*Z/g, '$1Z'),
    )
    .filter((line) => line !== '');

test('the page has three examples', () => {
  expect(examples.map(({ title }) => title)).toEqual([
    'An approval that expires after three days, with its reminder',
    'A rule for the last Monday of a month, across a clock change',
    'A key with a lifetime of a year',
  ]);
});

test.each(examples)('the page shows the output of: $title', async ({ commands, output }) => {
  const shown = comparable(output);
  const lines = comparable(await runCommands(commands));

  expect(shown.length).toBeGreaterThan(2);
  expect(lines.filter((line) => shown.includes(line))).toEqual(shown);
});
