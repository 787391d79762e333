import type { ScenarioSource } from '../docs/scenario-files';
import { scenarioName, systemTestId } from '../scenario/names';
import type { FailureRecord } from '../scenario/failure-records';
import type { TestRecord } from '../scenario/test-records';
import type { RunFacts } from '../target/run-facts';
import { failureModel, type FailedTest } from './failure-model';
import type { AttemptModel, ClaimModel, PastResult, RunModel } from './run-model';

export interface RunParts {
  readonly root: string;
  readonly facts: Pick<RunFacts, 'run' | 'platform' | 'kind' | 'name' | 'url' | 'loadFactor'>;
  readonly records: readonly TestRecord[];
  readonly failures: readonly FailureRecord[];
  readonly scenarios: readonly ScenarioSource[];
  /** Records of earlier runs, the oldest first. */
  readonly past: readonly TestRecord[];
  readonly verdict: { readonly exit: number; readonly reasons: readonly string[] };
  /** Of the run, as `runSettings` writes them. */
  readonly settings?: string;
  /** Places of the platform that decide about the test of this id. */
  candidatesOf?(id: string): readonly string[];
  /** Why a test is not proven, or known to be red. */
  reasonOf(record: TestRecord): string;
}

/** Results of a claim in the report beside the newest. */
const SHOWN_RESULTS = 20;

/** What the reports show of a run. Tests that were not selected are left out. */
export function buildRunModel(parts: RunParts): RunModel {
  const { facts, verdict } = parts;
  const { run, platform, kind, name, url, loadFactor } = facts;
  const instants = parts.records.flatMap(({ from, to }) => (from === undefined || to === undefined ? [] : [from, to]));
  const places = placesOf(parts.scenarios);
  const past = pastOf(parts.past);
  return {
    run,
    target: { platform, kind, name, url, loadFactor },
    from: instants.length === 0 ? null : Math.min(...instants),
    to: instants.length === 0 ? null : Math.max(...instants),
    exit: verdict.exit,
    reasons: [...verdict.reasons],
    claims: attemptsByTest(parts.records.filter((record) => record.class !== 'not selected'))
      .map((records) => claimModel(records, parts, { places, past }))
      .sort((one, other) => one.tier.localeCompare(other.tier) || byNumber(one.id, other.id)),
  };
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** What is found by the id of a claim. */
interface Lookups {
  readonly places: Places;
  readonly past: ReadonlyMap<string, readonly PastResult[]>;
}

type Places = ReadonlyMap<string, ScenarioSource>;

/** The file of each claim and of each system test, by its id. */
const placesOf = (scenarios: readonly ScenarioSource[]): Places =>
  new Map(
    scenarios.flatMap((scenario) => [
      ...scenario.claims.map(({ id }): [string, ScenarioSource] => [id, scenario]),
      ...scenario.titles.map((title): [string, ScenarioSource] => [systemTestId(scenario.file, title), scenario]),
      [scenarioName(scenario.file), scenario],
    ]),
  );

/** The records of each test, the oldest first. */
function attemptsByTest(records: readonly TestRecord[]): TestRecord[][] {
  const byTest = new Map<string, TestRecord[]>();
  for (const record of records) {
    const key = `${record.id} ${record.title}`;
    byTest.set(key, [...(byTest.get(key) ?? []), record]);
  }
  return [...byTest.values()].map((own) => own.sort((one, other) => (one.from ?? 0) - (other.from ?? 0)));
}

function claimModel(records: readonly TestRecord[], parts: RunParts, { places, past }: Lookups): ClaimModel {
  const record = records.at(-1)!;
  const { id, title, budget, requests, time } = record;
  const place = places.get(id) ?? places.get(id.split('/')[0]!);
  if (!place) throw new Error(`${id} is in no file of tests/e2e`);
  const test = { id, title, tier: place.tier, file: `tests/e2e/${place.file}` };
  return {
    ...test,
    ...attemptModel(record, test, parts),
    spec: place.spec,
    time: time ?? null,
    reason: parts.reasonOf(record),
    budget,
    requests: requests ?? null,
    attempts: records.slice(0, -1).map((earlier) => attemptModel(earlier, test, parts)),
    history: (past.get(id) ?? []).slice(-SHOWN_RESULTS),
  };
}

function attemptModel(
  { id, class: result, seconds, from, to, process }: TestRecord,
  test: FailedTest,
  parts: RunParts,
): AttemptModel {
  const { failures, root, settings } = parts;
  const failure = failures.find((each) => each.id === id && each.from === from);
  return {
    result,
    seconds,
    from: from ?? null,
    to: to ?? null,
    process: process ?? null,
    failure: failure ? failureModel(failure, test, { root, settings, candidates: parts.candidatesOf?.(id) }) : null,
  };
}

/** The results of each claim that ran, by its id, the oldest first. */
function pastOf(records: readonly TestRecord[]): Map<string, PastResult[]> {
  const past = new Map<string, PastResult[]>();
  for (const { id, from, class: result, seconds } of records) {
    if (from === undefined) continue;
    const own = past.get(id) ?? [];
    past.set(id, own);
    own.push({ result, seconds });
  }
  return past;
}
