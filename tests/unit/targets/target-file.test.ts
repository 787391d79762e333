import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Choices } from '../../../helpers/target/declarations';
import { readDeclarations, targetFilePath } from '../../../helpers/target/target-file';
import { testDirectory } from '../../test-directory';

const ROOT = resolve(__dirname, '../../..');
const VALID = { about: 'a platform', capabilities: {}, notProven: {} };
const KNOWN = { claim: 'T2.8b', reason: 'timers fire early', link: 'https://example.org/1', expires: '2027-03-31' };

const directory = testDirectory();

function write(text: string): string {
  const path = join(directory, 'mine.json');
  writeFileSync(path, text);
  return path;
}

/** The faults that are reported for a file with these keys besides the valid ones. */
function faultsOf(content: object): string[] {
  const path = write(JSON.stringify({ ...VALID, ...content }));
  try {
    readDeclarations(path);
  } catch (error) {
    const [first, ...faults] = (error as Error).message.split('\n');
    expect(first).toBe('TARGET_FILE_INVALID: the target file is invalid:');
    return faults.map((fault) => fault.replace(`  ${path} `, ''));
  }
  return [];
}

test.each(readdirSync(join(ROOT, 'targets')))('targets/%s is valid', (file) => {
  expect(readDeclarations(file.replace(/\.json$/, '')).about).not.toBe('');
});

test('up-virtual-time proves what up does, and what needs a virtual clock', () => {
  const reasons = (name: string) => Object.entries(readDeclarations(name).notProven);
  const withoutClock = reasons('up').filter(([, reason]) => !reason.includes('clock.virtual: '));
  expect(reasons('up-virtual-time')).toEqual(withoutClock);
});

test('a path that ends in .json is read as it is', () => {
  const path = write(JSON.stringify({ ...VALID, notProven: { 'T1.7a': 'no tenants' }, known: [KNOWN] }));
  expect(readDeclarations(path).known).toEqual([KNOWN]);
});

test.each([true, false])('an entry may say whether its test may pass: %s', (mayPass) => {
  const path = write(JSON.stringify({ ...VALID, known: [{ ...KNOWN, mayPass }] }));
  expect(readDeclarations(path).known).toEqual([{ ...KNOWN, mayPass }]);
});

test.each(['yes', 1, null, 'it is a matter of chance'])('mayPass is true or false, not %j', (mayPass) => {
  expect(faultsOf({ known: [{ ...KNOWN, mayPass }] })).toEqual(['/known/0/mayPass: must be true or false']);
});

test('a path below the working directory is shown relative to it', () => {
  expect([targetFilePath('attached'), targetFilePath(join(process.cwd(), 'my/own.json'))]).toEqual([
    'targets/attached.json',
    'my/own.json',
  ]);
});

test('a missing file is reported with the names that exist', () => {
  expect(() => readDeclarations('atached')).toThrow(
    /^TARGET_FILE_INVALID: E2E_TARGET_NAME=atached: there is no file targets\/atached\.json; use one of attached, .*, or the path of/,
  );
});

test('a file that is not JSON is reported with the position', () => {
  const path = write('{"about": nothing}');
  expect(() => readDeclarations(path)).toThrow(`${path} is not JSON: Unexpected token`);
});

test('a list of ids without reasons is rejected', () => {
  expect(faultsOf({ notProven: ['T1.7a'] })).toEqual([
    '/notProven: must be an object: ids of tests, each with the reason',
  ]);
});

test.each([
  [
    'an unknown key',
    { knwon: [] },
    "/: the key 'knwon' is not one of about, capabilities, choices, notProven, known. Did you mean 'known'?",
  ],
  ['an empty reason', { notProven: { 'T1.7a': '' } }, '/notProven/T1.7a: must be a sentence'],
  [
    'an unknown test',
    { notProven: { 'T1.7x': 'no tenants' } },
    "/notProven: there is no test 'T1.7x'. Did you mean 'T1.7a'?",
  ],
  [
    'an unknown choice',
    { choices: { sweepMS: 1 } },
    `/choices: the key 'sweepMS' is not one of ${Object.keys(Choices.properties).join(', ')}. Did you mean 'sweepMs'?`,
  ],
  [
    'another value of a choice',
    { choices: { timeoutReport: 'txt' } },
    '/choices/timeoutReport: must be one of timed_out, mark, text',
  ],
  ['a capability that is no boolean', { capabilities: { sql: 'yes' } }, '/capabilities/sql: must be true or false'],
  ['a missing link', { known: [{ ...KNOWN, link: undefined }] }, "/known/0: must have required property 'link'"],
  [
    'a day that does not exist',
    { known: [{ ...KNOWN, expires: '2027-02-30' }] },
    '/known/0/expires: must be a day of the calendar, YYYY-MM-DD',
  ],
  [
    'an unknown known test',
    { known: [{ ...KNOWN, claim: 'T2.8' }] },
    "/known/0/claim: there is no test 'T2.8'. Did you mean 'T2.8a'?",
  ],
  ['two entries of a test', { known: [KNOWN, KNOWN] }, "/known/1/claim: 'T2.8b' has an entry already: keep one"],
])('%s is rejected with its path', (_, content, fault) => {
  expect(faultsOf(content)).toEqual([fault]);
});
