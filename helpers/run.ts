import { Type, type Static } from '@sinclair/typebox';
import { JsonMap, NullableText, TextList, oneOf } from '../contract/json';
import { explain, matches } from './client/validate';
import { Choices } from './declarations';
import { PythonPins } from './python-source';

/** What the global setup found out and every test worker needs. It travels in E2E_TARGET as JSON. */
const RunFacts = Type.Object({
  kind: oneOf(['started', 'attached']),
  /** `targets/<name>.json` holds what is declared about it. */
  name: Type.String(),
  url: Type.String(),
  token: Type.String(),
  platform: Type.String({ description: 'name and version' }),
  instanceId: NullableText,
  /** The owner's way to its database; null: the harness has none. */
  databaseUrl: NullableText,
  /** Names this run: part of every name it makes. */
  run: Type.String(),
  /** Where the target lets packs be registered from; null: not known of an attached one. */
  incoming: NullableText,
  /** Ledgers, records and locks of the run. */
  directory: Type.String(),
  capabilities: Type.Record(Type.String(), Type.Union([Type.Literal(true), JsonMap])),
  /** Where platforms may differ: what this one declares. */
  choices: Choices,
  killGraceMs: Type.Number(),
  /** Address of this host on which the target may reach the tests' own servers, `mocks.allowed` said. */
  mockHost: Type.String(),
  /** Which packages Python fixtures pin, and where they come from; null: the target installs from elsewhere. */
  python: Type.Union([PythonPins, Type.Null()]),
  /** Worst of three, ms: request to finish; finish to start of a zero-delay successor. */
  latency: Type.Object({ runMs: Type.Number(), gapMs: Type.Number() }),
  loadFactor: Type.Number(),
  /** What is not as declared by its probes, and what they could not tell: the tests still run and show why, and the run fails. */
  contradictions: TextList,
});
export type RunFacts = Static<typeof RunFacts>;

const VARIABLE = 'E2E_TARGET';

export function publishRun(facts: RunFacts): void {
  process.env[VARIABLE] = JSON.stringify(facts);
}

/** Null where no global setup has run: unit tests. */
export function findRun(): RunFacts | null {
  const text = process.env[VARIABLE];
  if (text === undefined || text === '') return null;
  const facts: unknown = JSON.parse(text);
  if (!matches(RunFacts, facts)) throw new Error(`${VARIABLE}: ${explain(RunFacts, facts)}`);
  return facts;
}

export function currentRun(): RunFacts {
  const facts = findRun();
  if (!facts)
    throw new Error('scenarios need the global setup of jest.config.ts: run them with `npx jest tests/e2e/…`');
  return facts;
}
