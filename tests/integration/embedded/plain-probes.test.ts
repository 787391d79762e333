import { assessTarget, type TargetAssessment } from '../../../helpers/target/assess-target';
import { BASELINE } from '../../../helpers/target/capabilities';
import { EXCLUSIVE_PROBES, PROBES } from '../../../helpers/target/probes/probe-table';
import { openTarget } from '../../../helpers/target/provision';
import { ALL_PROBES_MS, spawnCli, waitForExit, waitForReady } from './cli-process';

const PROBED = Object.keys({ ...PROBES, ...EXCLUSIVE_PROBES });
const MOCK_HOST = '127.83.21.4';

let assessment: TargetAssessment;

/** Probes a platform with the settings of a started one, but without extensions. */
beforeAll(async () => {
  const cli = spawnCli(['up', '--port', '0', '--json', '--exit-with-stdin'], {
    PLATFORM_EXTENSIONS: 'off',
    PLATFORM_WORKER_SLOTS: '24',
    PLATFORM_EGRESS_ALLOW: `${MOCK_HOST}:*`,
  });
  const { url, notifier_url: notifier, database_url: database } = await waitForReady(cli);
  process.env.PLATFORM_WS_URL = notifier.replace('http', 'ws');
  const { target, client, run, directory, release } = await openTarget({
    PLATFORM_URL: url,
    DATABASE_URL: database,
  });
  const request = { needs: new Set(PROBED), jestWorkers: 5, run, directory };
  assessment = await assessTarget({ ...target, mockHost: MOCK_HOST }, client, request);
  await release();
  delete process.env.PLATFORM_WS_URL;
  cli.kill('SIGINT');
  await waitForExit(cli);
}, ALL_PROBES_MS);

test('the whole baseline is proven', () => {
  const unproven = assessment.capabilities.filter(({ name, isProven }) => BASELINE.includes(name) && !isProven);
  expect(unproven).toEqual([]);
});

test('the absent extensions are found absent, without an error', () => {
  const unproven = assessment.capabilities.filter(({ name, isProven }) => PROBED.includes(name) && !isProven);
  expect(unproven.map(({ name }) => name)).toEqual([
    'events.causation',
    'executions.log',
    'executions.parameters_validated',
    'executions.timeout',
    'inquiries.default_response',
    'inquiries.from_actions',
    'inquiries.response_schema',
    'keys.compare_and_set',
    'keys.ttl',
    'limits.causation_depth',
    'notify.rule_state',
    'packs.environments',
    'tenants',
    'timers.fires',
    'timers.preview',
    'timers.timezone',
    'workflows.loops',
  ]);
  expect(assessment.contradictions).toEqual([]);
  expect(assessment.leftovers).toEqual([]);
});
