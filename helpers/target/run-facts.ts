import { Type, type Static } from '@sinclair/typebox';
import { JsonMap, NullableText, TextList, stringEnum } from '../../contract/json';
import { explain, matches } from '../client/validate';
import { RENDEZVOUS_ORDERS } from './capabilities';
import { appliesOn, Choices, Declarations, type KnownDefect } from './declarations';
import { PythonPins } from '../fixtures/python-source';
import { RunSwitches } from './run-switches';

/** Facts of a run that the global setup passes to every test worker, as JSON in E2E_TARGET. */
const RunFacts = Type.Object({
  kind: stringEnum(['started', 'attached']),
  /** Name of its target file, `targets/<name>.json`, or the path of one. */
  name: Type.String(),
  declarations: Declarations,
  /** The day on which the run started, UTC. */
  startedOn: Type.String({ format: 'date' }),
  url: Type.String(),
  token: Type.String(),
  platform: Type.String({ description: 'name and version' }),
  instanceId: NullableText,
  /** Database URL of the schema's owner; null: the harness has no access. */
  databaseUrl: NullableText,
  /** File with the target's log; null: the harness has no access. */
  log: NullableText,
  /** Identifies this run: part of every name that it creates. */
  run: Type.String(),
  /** Directory from which the target registers packs; null: unknown for an attached target. */
  incoming: NullableText,
  /** Directory of the run's ledgers and locks. That of a platform on this host goes with it. */
  directory: Type.String(),
  /** Directory of what became of each test; `directory` where the results cannot be written. */
  records: Type.String(),
  capabilities: Type.Record(Type.String(), Type.Union([Type.Literal(true), JsonMap])),
  /** Why the target lacks a capability that the selected tests need, by its name. */
  absences: Type.Record(Type.String(), Type.String()),
  /** Those of them that the target may have: their probes did not end in time. */
  undecided: TextList,
  switches: RunSwitches,
  /** The behavior that this target declares where the contract leaves it open. */
  choices: Choices,
  killGraceMs: Type.Number(),
  /**
   * Address of this host for servers of the tests, to which actions may connect under
   * `mocks.allowed`.
   */
  mockHost: Type.String(),
  /** The packages that Python fixtures pin, and their source. */
  python: PythonPins,
  /** Fixture packs contain their packages: the target was not started with the suite's source. */
  vendored: Type.Boolean(),
  /** The claims of a file run at the same time: not with `-i`. */
  areClaimsParallel: Type.Boolean(),
  /** What runs beside a rendezvous. */
  rendezvous: stringEnum(RENDEZVOUS_ORDERS),
  /** Executions that a test may expect to run at the same time. */
  slots: Type.Number(),
  /**
   * Worst measured latencies, ms: from request to finish; from finish to the start of the next
   * task.
   */
  latency: Type.Object({ runMs: Type.Number() }),
  loadFactor: Type.Number(),
  /** Epoch ms by the target's clock minus epoch ms by the host's. */
  clockOffsetMs: Type.Number(),
  /** How far the target sets its clock ahead of that of its processes, ms, as it declares. */
  aheadMs: Type.Number(),
  /**
   * Capabilities whose declaration and probe disagree, and probes that failed. The tests still run
   * to show the cause; the run fails.
   */
  contradictions: TextList,
});
export type RunFacts = Static<typeof RunFacts>;

const RUN_VARIABLE = 'E2E_TARGET';

export function publishRunFacts(facts: RunFacts): void {
  process.env[RUN_VARIABLE] = JSON.stringify(facts);
}

/** The facts that were read last, by their text: every wait asks for them. */
let read: { readonly text: string; readonly facts: RunFacts } | null = null;

/** Null without a global setup, as in unit tests. */
export function findRunFacts(): RunFacts | null {
  const text = process.env[RUN_VARIABLE];
  if (text === undefined || text === '') return null;
  if (read?.text === text) return read.facts;
  const facts: unknown = JSON.parse(text);
  if (!matches(RunFacts, facts)) throw new Error(`${RUN_VARIABLE}: ${explain(RunFacts, facts)}`);
  read = { text, facts };
  return facts;
}

export function currentRunFacts(): RunFacts {
  const facts = findRunFacts();
  if (!facts)
    throw new Error('scenarios need the global setup of jest.config.ts: run them with `npx jest tests/e2e/…`');
  return facts;
}

/** The declared defect of a test, if its entry had not expired when the run started. */
export const knownDefect = ({ declarations, startedOn }: RunFacts, id: string): KnownDefect | undefined =>
  declarations.known?.find((entry) => entry.claim === id && appliesOn(entry, startedOn));
