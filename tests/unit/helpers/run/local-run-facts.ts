import { OWN_PINS } from '../../../../helpers/fixtures/python-source';
import { resolveChoices } from '../../../../helpers/target/declarations';
import type { RunFacts } from '../../../../helpers/target/run-facts';

const NONE = { about: 'none', capabilities: {}, notProven: {} };

/** The facts of a run on no platform, with its files in this directory. */
export const factsOf = (directory: string): RunFacts => ({
  kind: 'attached',
  name: 'attached',
  url: 'http://127.0.0.1:9',
  token: '',
  platform: 'none',
  instanceId: null,
  log: null,
  databaseUrl: null,
  run: '7q2x',
  incoming: null,
  directory,
  records: directory,
  capabilities: {},
  killGraceMs: 0,
  mockHost: '',
  python: OWN_PINS,
  vendored: false,
  areClaimsParallel: false,
  rendezvous: 'together',
  slots: 24,
  latency: { runMs: 1 },
  loadFactor: 1,
  contradictions: [],
  undecided: [],
  declarations: NONE,
  choices: resolveChoices(NONE),
  switches: { mode: 'full', lifecycle: 'on', requireLive: false, time: 'virtual' },
  startedOn: '2026-01-27',
  absences: {},
  clockOffsetMs: 0,
  aheadMs: 0,
});
