import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCensus, type CensusLine } from '../scenario/census';
import { isSystemTestFile } from '../scenario/names';
import { readScenarios, type ScenarioSource } from './scenario-files';
import { renderTemplate } from '../render-template';
import { allSelectors, resolveArm, runtimeOf } from '../arms';
import { RUNTIME_MANIFEST } from '../../contract/runtime-manifest';

const TEMPLATE_FILE = 'helpers/docs/inventory.md.njk';

/** The number of a scenario: 10 for `T2.10b`. */
const scenarioNumber = ({ claims }: ScenarioSource): number => Number(claims[0]?.id.split('.')[1]?.slice(0, -1) ?? 0);

const byTierAndNumber = (a: ScenarioSource, b: ScenarioSource): number =>
  a.tier.localeCompare(b.tier) || scenarioNumber(a) - scenarioNumber(b);

const secondsText = (sum: number): string => sum.toFixed(1);

function scenarioRow(scenario: ScenarioSource, census: readonly CensusLine[]) {
  const tests = scenario.claims.map(({ id, title, needs }) => {
    const line = census.find((known) => known.id === id);
    if (!line) throw new Error(`${id} is not in tests/e2e/census.json`);
    return { id, title, needs: needs.join(', '), budget: line.budget };
  });
  const id = tests[0]?.id.slice(0, -1) ?? '';
  return { id, path: `tests/e2e/${scenario.file}`, tier: scenario.tier, spec: scenario.spec, tests };
}

/** Files with one number are parts of one scenario. */
const scenarioCount = (rows: readonly { id: string }[]): number => new Set(rows.map(({ id }) => id)).size;

/** An arm, its runtime, and the variables with the key of a user that it reads. */
function armRow(selector: string) {
  const arm = resolveArm(selector);
  const entry = RUNTIME_MANIFEST.runtimes.find(({ name }) => name === runtimeOf(arm))!;
  const variables = Object.values(entry.credentials).flat();
  return {
    selector,
    kind: arm.kind,
    runtime: entry.name,
    versions: arm.version ?? entry.versions.join(', '),
    variables: variables.map((name) => `\`${name}\``).join(', '),
  };
}

/** The text of the inventory. Throws if a scenario and the census disagree. */
export function renderInventory(root: string): string {
  const census = readCensus(root);
  const files = readScenarios(root).sort(byTierAndNumber);
  const scenarios = files
    .filter(({ file }) => !isSystemTestFile(file))
    .map((scenario) => scenarioRow(scenario, census));
  const systems = files
    .filter(({ file }) => isSystemTestFile(file))
    .map(({ file, spec, titles }) => ({ path: `tests/e2e/${file}`, spec, titles }));
  const tiers = [...new Set(scenarios.map(({ tier }) => tier))].map((name) => {
    const own = scenarios.filter(({ tier }) => tier === name);
    const tests = own.flatMap((scenario) => scenario.tests);
    const budget = secondsText(tests.reduce((sum, test) => sum + test.budget, 0));
    return { name, scenarios: scenarioCount(own), tests: tests.length, budget };
  });
  const total = scenarios.reduce((sum, { tests }) => sum + tests.length, 0);
  return renderTemplate(readFileSync(join(root, TEMPLATE_FILE), 'utf8'), {
    total,
    scenarioTotal: scenarioCount(scenarios),
    tiers,
    scenarios,
    systems,
    arms: allSelectors().map(armRow),
  });
}
