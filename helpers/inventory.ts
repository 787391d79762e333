import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCensus, type CensusLine } from './census';
import { readScenarios, type ScenarioSource } from './scenario-files';
import { renderTemplate } from './template';

const FILE = 'E2E_TESTS_COMPLETE.md';
/** Its files prove the whole, and belong to no tier. */
const SYSTEMS = 'systems';
const TEMPLATE = 'helpers/templates/inventory.md.njk';

/** `T2.10b` is the scenario 10, test b. */
const scenarioNumber = ({ claims }: ScenarioSource): number => Number(claims[0]?.id.split('.')[1]?.slice(0, -1) ?? 0);

const inOrder = (a: ScenarioSource, b: ScenarioSource): number =>
  a.tier.localeCompare(b.tier) || scenarioNumber(a) - scenarioNumber(b);

const seconds = (sum: number): string => sum.toFixed(1);

function scenarioOf(scenario: ScenarioSource, census: readonly CensusLine[]) {
  const tests = scenario.claims.map(({ id, title, needs }) => {
    const line = census.find((known) => known.id === id);
    if (!line) throw new Error(`${id} is not in tests/e2e/census.json`);
    return { id, title, needs: needs.join(', '), budget: line.budget };
  });
  const id = tests[0]?.id.slice(0, -1) ?? '';
  return { id, path: `tests/e2e/${scenario.file}`, tier: scenario.tier, spec: scenario.spec, tests };
}

/** The text of the inventory. Throws where scenarios and census disagree. */
function renderInventory(root: string): string {
  const census = readCensus(root);
  const files = readScenarios(root).sort(inOrder);
  const scenarios = files.filter(({ tier }) => tier !== SYSTEMS).map((scenario) => scenarioOf(scenario, census));
  const systems = files
    .filter(({ tier }) => tier === SYSTEMS)
    .map(({ file, spec, trials }) => ({ path: `tests/e2e/${file}`, spec, trials }));
  const tiers = [...new Set(scenarios.map(({ tier }) => tier))].map((name) => {
    const own = scenarios.filter(({ tier }) => tier === name);
    const tests = own.flatMap((scenario) => scenario.tests);
    const budget = seconds(tests.reduce((sum, test) => sum + test.budget, 0));
    return { name, scenarios: own.length, tests: tests.length, budget };
  });
  const total = scenarios.reduce((sum, { tests }) => sum + tests.length, 0);
  return renderTemplate(readFileSync(join(root, TEMPLATE), 'utf8'), { total, tiers, scenarios, systems });
}

/** Writes E2E_TESTS_COMPLETE.md below `root`; with `check` only compares, and throws where it is out of date. */
export function writeInventory(root: string, { check }: { check: boolean }): Promise<{ changed: boolean }> {
  const path = join(root, FILE);
  const text = renderInventory(root);
  const changed = !existsSync(path) || readFileSync(path, 'utf8') !== text;
  if (changed && check) return Promise.reject(new Error(`${FILE} is out of date: run \`npx tuningfork inventory\``));
  if (changed) writeFileSync(path, text);
  return Promise.resolve({ changed });
}
