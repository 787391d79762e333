import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { OUTPUT_FORMATS, PARAMETER_DELIVERIES, PARAMETER_FORMATS } from '../../../contract/actions';
import { readPack } from '../../../platform/packs/read/pack';
import { testDirectory } from '../../test-directory';

const PAGE = readFileSync(resolve(__dirname, '../../../docs/packs.md'), 'utf8');
const directory = testDirectory();

/** The files of the first pack of the page: each names itself in its first line. */
function writeFirstPack(): void {
  const [, section = ''] = /^## The first pack\n(.*?)^## /ms.exec(PAGE) ?? [];
  for (const [, name, text] of section.matchAll(/^```\w+\n# (\S+)\n(.*?)^```$/gms)) {
    const path = join(directory, name!);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text!);
  }
}

test('the first pack of the page is read without a warning', async () => {
  writeFirstPack();

  const { manifest, components } = await readPack(directory);

  const { actions, rules, warnings } = components;
  expect({ ref: manifest.ref, warnings }).toEqual({ ref: 'mypack', warnings: [] });
  expect(actions.map(({ ref, entrypoint }) => [ref, entrypoint])).toEqual([['mypack.greet', 'greet.sh']]);
  expect(rules.map(({ ref, actionRef }) => [ref, actionRef])).toEqual([['mypack.every_minute', 'mypack.greet']]);
});

/** A cell of the table of an action, by the keys of its row. */
const meaningOf = (keys: string): string =>
  PAGE.split('\n')
    .find((line) => line.startsWith(`| ${keys} |`))!
    .split('|')
    .at(-2)!;

/** The words in code style after the colon of a text. */
const wordsIn = (text: string): string[] =>
  [...text.slice(text.indexOf(':')).matchAll(/`(\w+)`/g)].map(([, word]) => word!);

test('the page lists the formats of parameters and output', () => {
  expect(wordsIn(meaningOf('`parameter_delivery`, `parameter_format`'))).toEqual([
    ...PARAMETER_DELIVERIES,
    ...PARAMETER_FORMATS,
  ]);
  expect(wordsIn(meaningOf('`output_format`'))).toEqual([...OUTPUT_FORMATS]);
});
