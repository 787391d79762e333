import { RUNTIME_MANIFEST } from '../../../contract/runtime-manifest';
import { allSelectors, ArmUnknown, isWithin, resolveArm, selectedArms, type Arm } from '../../../helpers/arms';

const none = { version: null, credentials: 'none', credentialNames: {} } as const;
const managed = { kind: 'managed', ...none } as const;
const external = { kind: 'external', ...none } as const;
const keys = { api_key: ['RELAY_API_KEY', 'RELAY_TOKEN'] };

/** Every selector of the manifest, the other names, versions and credentials. */
const PINS: readonly Arm[] = [
  { selector: 'shell', ...managed, runtime: 'shell' },
  { selector: 'python', ...managed, runtime: 'python' },
  { selector: 'nodejs', ...managed, runtime: 'nodejs' },
  { selector: 'native', ...managed, runtime: 'native' },
  { selector: 'perl', ...managed, runtime: 'perl' },
  { selector: 'ruby', ...managed, runtime: 'ruby' },
  { selector: 'r', ...managed, runtime: 'r' },
  { selector: 'go', ...managed, runtime: 'go' },
  { selector: 'java', ...managed, runtime: 'java' },
  { selector: 'relay', ...external, runtime: 'relay' },
  { selector: 'relay-cli', ...external, runtime: 'relay-cli' },
  { selector: 'shell-single', ...managed, template: 'shell-single' },
  { selector: 'python-batch', ...managed, template: 'python-batch', version: '3' },
  { selector: 'bash', ...managed, runtime: 'shell' },
  { selector: 'python3', ...managed, runtime: 'python' },
  { selector: 'node.js', ...managed, runtime: 'nodejs' },
  { selector: 'golang', ...managed, runtime: 'go' },
  { selector: 'jdk', ...managed, runtime: 'java' },
  { selector: 'rscript', ...managed, runtime: 'r' },
  { selector: 'perl@5', ...managed, runtime: 'perl', version: '5' },
  { selector: 'node@20.19', ...managed, runtime: 'nodejs', version: '20.19' },
  { selector: 'python-batch@3.11', ...managed, template: 'python-batch', version: '3.11' },
  { selector: 'perl+platform', ...managed, runtime: 'perl', credentials: 'platform' },
  { selector: 'shell+user', ...managed, runtime: 'shell', credentials: 'user', credentialNames: keys },
  { selector: 'bash@5+user', ...managed, runtime: 'shell', version: '5', credentials: 'user', credentialNames: keys },
  { selector: 'shell-single+user', ...managed, template: 'shell-single', credentials: 'user', credentialNames: keys },
  { selector: 'python-batch+platform', ...managed, template: 'python-batch', version: '3', credentials: 'platform' },
];

test.each(PINS.map((pin) => [pin.selector, pin] as const))('S1-13 %s selects its pinned arm', (selector, pin) => {
  expect(resolveArm(selector, RUNTIME_MANIFEST)).toEqual(pin);
});

test('S1-13 every runtime and every template has a pin', () => {
  const pinned = PINS.map(({ selector }) => selector);

  expect(allSelectors(RUNTIME_MANIFEST).filter((selector) => !pinned.includes(selector))).toEqual([]);
});

test.each(['', 'cobol', 'Perl', 'perl@6', 'perl@5.', 'native@1', 'perl+user', 'perl+root', 'relay+platform', 'perl '])(
  'S1-13 the selector %p throws ARM_UNKNOWN with the list',
  (selector) => {
    expect(() => resolveArm(selector, RUNTIME_MANIFEST)).toThrow(
      new ArmUnknown(selector, allSelectors(RUNTIME_MANIFEST)),
    );
  },
);

test('S1-13 E2E_RUNTIME selects arms, and without it there are all', () => {
  const selected = (E2E_RUNTIME?: string) => selectedArms({ E2E_RUNTIME }).map(({ selector }) => selector);

  expect(selected('perl, shell+user')).toEqual(['perl', 'shell+user']);
  expect(selected()).toEqual(allSelectors(RUNTIME_MANIFEST));
  expect(() => selected('perl,cobol')).toThrow('ARM_UNKNOWN: "cobol" selects no arm; there are: shell, python,');
});

test.each([
  ['3.11.2', '3.11', true],
  ['3.11.2', '3', true],
  ['3', '3', true],
  ['3.11.2', '3.1', false],
  ['30.1', '3', false],
])('version %s is within %s: %p', (version, prefix, expected) => {
  expect(isWithin(version, prefix)).toBe(expected);
});
