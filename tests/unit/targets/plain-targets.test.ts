import { resolve } from 'node:path';
import { readScenarios } from '../../../helpers/docs/scenario-files';
import { BASELINE } from '../../../helpers/target/capabilities';
import { readDeclarations } from '../../../helpers/target/target-file';

const PLAIN = [
  ...['ledger.shared', 'host.processes', 'workers.slots', 'mocks.allowed', 'sql', 'packages.offline'],
  ...['workflows.keystore', 'secrets.redaction', 'templates.filters'],
];

/** What the platform of each file has besides the baseline, by its `about`. */
const PRESENT: Readonly<Record<string, readonly string[]>> = {
  attune: ['ledger.shared', 'host.processes', 'workers.slots', 'mocks.allowed'],
  plain: PLAIN,
  'plain-slow': PLAIN,
};

const claims = readScenarios(resolve(__dirname, '../../..')).flatMap((scenario) => scenario.claims);

test.each(Object.entries(PRESENT))('targets/%s.json lists the claims that lack a capability', (name, more) => {
  const { capabilities, notProven } = readDeclarations(name);
  const present = [...BASELINE, ...more].filter((capability) => capabilities[capability] !== false);
  const lacking = claims.flatMap(({ id, needs }) => {
    const missing = needs.filter((need) => !present.includes(need));
    return missing.length > 0 ? [{ id, missing }] : [];
  });
  expect(Object.keys(notProven).sort()).toEqual(lacking.map(({ id }) => id).sort());
  const others = lacking.filter(({ id, missing }) => !missing.includes(notProven[id]!.split(':', 1)[0]!));
  expect(others).toEqual([]);
});
