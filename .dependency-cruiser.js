/** Arrows point inward: scenarios → helpers → contract; platform shell → core → contract. */
const arrow = (from, mayUse, why) => ({
  name: `${from}-arrows`,
  comment: why,
  severity: 'error',
  from: { path: `^${from}` },
  to: {
    path: '^(contract|helpers|platform|cli|tests|packs|bench|bin|targets)/',
    pathNot: mayUse.map((room) => `^${room}`),
  },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', comment: 'a circle has no inside', severity: 'error', from: {}, to: { circular: true } },
    arrow('contract/', ['contract/'], 'the contract imports nothing of ours'),
    arrow('helpers/', ['helpers/', 'contract/'], 'the suite knows the platform by the wire alone'),
    arrow('tests/e2e/', ['tests/e2e/', 'helpers/'], 'scenarios are written in the words of helpers'),
    arrow('platform/core/', ['platform/core/', 'contract/'], 'the core is pure'),
    arrow('platform/', ['platform/', 'contract/', 'packs/'], 'the platform does not know the suite'),
    arrow('bench/', ['bench/', 'helpers/', 'contract/'], 'a benchmark measures from outside'),
    {
      name: 'core-is-pure',
      comment: 'no I/O, no clock, no randomness',
      severity: 'error',
      from: { path: '^platform/core/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
