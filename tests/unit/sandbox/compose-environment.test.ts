import { environmentOf, readFiles } from './compose-repository';

const HOST = { TOKEN: 'tok-1', EMPTY: '', BUILD: '77' };
const web = (environment: string): string => `services:\n  web:\n    x-process: run\n    environment:\n${environment}`;

test.each([
  ['$TOKEN', 'tok-1'],
  ['a-${TOKEN}-b', 'a-tok-1-b'],
  ['${EMPTY:-default}', 'default'],
  ['${EMPTY-default}', ''],
  ['${NONE-default}', 'default'],
  ['${NONE:-${ALSO:-deep ${BUILD}}}', 'deep 77'],
  ['${TOKEN:?must be set}', 'tok-1'],
  ['${EMPTY?must be set}', ''],
  ['${TOKEN:+is-set}', 'is-set'],
  ['${EMPTY:+is-set}', ''],
  ['${EMPTY+is-set}', 'is-set'],
  ['${NONE+is-set}', ''],
  ['a$$b$${TOKEN}', 'a$b${TOKEN}'],
  ['${NONE:-http://a:80/}', 'http://a:80/'],
])('the text %s becomes %j', (text, value) => {
  expect(environmentOf({ 'compose.yml': web(`      A: '${text}'\n`) }, HOST)).toEqual({ A: value });
});

test.each([
  ['${NONE:?the token is missing}', 'the variable NONE must be set: the token is missing'],
  ['${EMPTY:?no ${BUILD}}', 'the variable EMPTY must be set: no 77'],
  ['${TOKEN', '${TOKEN names no variable; $$ is a dollar sign, and ${NAME} a variable'],
  ['cost: 5$', '$ names no variable; $$ is a dollar sign, and ${NAME} a variable'],
  ['$(date)', '$(date) names no variable; $$ is a dollar sign, and ${NAME} a variable'],
])('the text %s is refused with its place', (text, message) => {
  expect(() => readFiles({ 'compose.yml': web(`      A: '${text}'\n`) }, HOST)).toThrow(
    `COMPOSE_FILE_INVALID: compose.yml:5:10 ${message}`,
  );
});

test('scalars keep the text that an engine would give them', () => {
  const scalars = { NUM: '1.10', OCT: '0755', BIG: '12345678901234567890', YES: 'yes', ON: 'true', TEXT: '"0755"' };
  const lines = Object.entries(scalars).map(([name, text]) => `      ${name}: ${text}\n`);

  expect(environmentOf({ 'compose.yml': web(lines.join('')) })).toEqual({
    NUM: '1.1',
    OCT: '493',
    BIG: '12345678901234567890',
    YES: 'yes',
    ON: 'true',
    TEXT: '0755',
  });
});

test.each([
  ['a map', '      TOKEN:\n      NONE:\n      A: b=c\n'],
  ['a list', '      - TOKEN\n      - NONE\n      - A=b=c\n'],
])('a name without a value in %s has that of the host', (_, environment) => {
  expect(environmentOf({ 'compose.yml': web(environment) }, HOST)).toEqual({ TOKEN: 'tok-1', A: 'b=c' });
});

test('a variable that is not set is noted with its place', () => {
  const { notices } = readFiles({ 'compose.yml': web('      PW: "p@ss$word"\n') });

  expect(notices).toEqual(['compose.yml:5:11 the variable word is not set, and replaced by nothing']);
});

test.each([
  ['a text', '    env_file: one.env\n', { A: '1', B: 'one' }],
  ['a list, whose later files win', '    env_file: [one.env, two.env]\n', { A: '2', B: 'one' }],
  ['a list of maps', '    env_file: [{ path: one.env }, { path: none.env, required: false }]\n', { A: '1', B: 'one' }],
  ['raw lines', '    env_file: [{ path: raw.env, format: raw }]\n', { A: '"$TOKEN" # text' }],
])('env_file may be %s', (_, envFile, expected) => {
  const files = { 'one.env': 'A=1\nB=one\n', 'two.env': 'A=2\n', 'raw.env': 'A="$TOKEN" # text\n' };
  const compose = `services:\n  web:\n    x-process: run\n${envFile}`;

  expect(environmentOf({ ...files, 'compose.yml': compose }, HOST)).toEqual(expected);
});

test('files of variables are read as engines read them', () => {
  const text = [
    '\uFEFF# comment\r',
    'export A=plain # comment\r',
    "B='single $TOKEN'",
    'C="double $TOKEN\\nline"',
    'D=a#b',
    'E=',
    'F=${A}-${NONE:-none}',
    'G="two',
    'lines"',
    'TOKEN',
    'H: yaml',
  ].join('\n');

  expect(
    environmentOf({ 'one.env': text, 'compose.yml': 'services: { web: { x-process: a, env_file: one.env } }' }, HOST),
  ).toEqual({
    A: 'plain',
    B: 'single $TOKEN',
    C: 'double tok-1\nline',
    D: 'a#b',
    E: '',
    F: 'plain-none',
    G: 'two\nlines',
    TOKEN: 'tok-1',
    H: 'yaml',
  });
});

test('.env gives variables to the file, and those that a command names to it', () => {
  const files = { '.env': 'KEY=dot\nTOKEN=dot\nOTHER=x\n', 'compose.yml': web('      FROM: $KEY-$TOKEN\n') };

  expect(environmentOf(files, HOST)).toEqual({ FROM: 'dot-tok-1' });
  const compose = 'services: { web: { x-process: run $KEY } }';
  expect(environmentOf({ '.env': files['.env'], 'compose.yml': compose })).toEqual({ KEY: 'dot' });
});

test.each([
  ['that is absent', 'none.env', 'compose.yml:4:15 none.env does not exist; right would be'],
  ['outside', '../one.env', 'compose.yml:4:15 ../one.env is outside of the repository'],
  ['with a line that is none', 'bad.env', 'bad.env:2 is no line of the form NAME=VALUE'],
])('an env_file %s is refused', (_, path, message) => {
  const compose = `services:\n  web:\n    x-process: run\n    env_file: ${path}\n`;

  expect(() => readFiles({ 'bad.env': 'A=1\n=x\n', 'compose.yml': compose })).toThrow(
    `COMPOSE_FILE_INVALID: ${message}`,
  );
});
