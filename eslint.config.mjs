import tseslint from 'typescript-eslint';

const timers = [
  { name: 'setTimeout', message: 'Tests wait through until() or stays(), never by the clock.' },
  { name: 'setInterval', message: 'Tests wait through until() or stays(), never by the clock.' },
];

const restrictedSyntax = [
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  {
    selector:
      'CallExpression[callee.property.name=/^(trace|debug|info|warn|error|fatal)$/] > ObjectExpression.arguments:first-child > Property[key.name="error"]',
    message: 'The log has the message and the stack of an error under the key err only.',
  },
  {
    selector: 'ObjectExpression > SpreadElement > ObjectExpression',
    message: 'Write the members out: { ...{ a, b } } is { a, b }.',
  },
];

const roundingJson = [
  { selector: 'MemberExpression[object.name="JSON"]', message: 'Use parseJsonText, parseExactJson and writeJson.' },
];

export default tseslint.config(
  { ignores: ['node_modules/', 'results/', '**/*.js', '**/*.mjs', 'packs/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      'no-restricted-syntax': ['error', ...restrictedSyntax],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['platform/store/database/tables.ts'], rules: { 'max-lines': 'off' } }, // generated
  {
    // Tables of data: the capabilities; a resource's verbs with their errors; the cases of a
    // `describe`.
    files: ['platform/start/capabilities.ts', 'helpers/client/resources/**/*.ts', 'tests/unit/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['tests/e2e/**/*.ts'],
    ignores: ['tests/e2e/support/**'],
    rules: { 'no-restricted-globals': ['error', ...timers] },
  },
  {
    // Every process of the tenant receives such a key, also those of the tests beside: it is for a
    // tenant of the test.
    files: ['tests/e2e/**/*.ts'],
    ignores: ['tests/e2e/support/**', 'tests/e2e/tier1/t1-07-*', 'tests/e2e/attacks/attack-process-tokens*'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...restrictedSyntax,
        {
          selector: "Property[key.name='owner_type'] Literal[value='system']",
          message: 'All processes of the tenant receive a key of the system: create it in a pack of the test.',
        },
      ],
    },
  },
  {
    // Values of users pass here: JSON.parse rounds their integers, JSON.stringify throws for them.
    files: [
      'platform/**/*.ts',
      'helpers/{client,scenario}/**/*.ts',
      'tests/e2e/support/model/**/*.ts',
      'cli/{compile,replay,run,verify}/**/*.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...restrictedSyntax, ...roundingJson] },
  },
  {
    files: ['tests/unit/**/*.ts', 'tests/integration/**/*.ts'],
    ignores: ['tests/unit/processor-time.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...restrictedSyntax,
        {
          selector: "MemberExpression[object.name='process'][property.name='cpuUsage']",
          message: 'A time depends on the machine: compare it with that of other work by tests/unit/processor-time.ts.',
        },
      ],
      'no-restricted-imports': [
        'error',
        { name: 'fast-check', message: 'Import fc from tests/seeded-properties.ts: a repeated test has its values.' },
      ],
    },
  },
  { files: ['jest.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['tests/**/*.ts'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
  {
    files: ['platform/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'performance', 'setTimeout', 'setInterval', 'fetch'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The core gets the time as a parameter.' },
        { object: 'Math', property: 'random', message: 'The core gets random values as parameters.' },
      ],
    },
  },
);
