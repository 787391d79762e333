import type { JsonObject } from '../../../contract/json';
import { createClient } from '../../../helpers/client/client';
import { assessTarget, type TargetAssessment } from '../../../helpers/target/assess-target';
import { BASELINE } from '../../../helpers/target/capabilities';
import { notifierPortUrl } from '../../../helpers/target/notifier-address';
import { obtainTarget, type Target } from '../../../helpers/target/obtain-target';
import { loadFactorOf } from '../../../helpers/target/probes/open-probe-context';
import { EXCLUSIVE_PROBES, PROBES } from '../../../helpers/target/probes/probe-table';
import { openTarget, type OpenTarget } from '../../../helpers/target/provision';
import { createRunDirectory } from '../../../helpers/target/run-directory';
import { ALL_PROBES_MS } from './cli-process';
import { startProxyWithoutManifest, type ManifestProxy } from './manifest-proxy';

const PROBED = Object.keys({ ...PROBES, ...EXCLUSIVE_PROBES });
/** All probes on an idle host; a probe that waits in vain takes 8 s or more, ms. */
const IDLE_PROBES_MS = 30_000;

let started: Target;
let proxy: ManifestProxy;
let attached: OpenTarget;
let assessment: TargetAssessment;
let tookMs: number;

beforeAll(async () => {
  started = await obtainTarget({});
  process.env.PLATFORM_WS_URL = await notifierUrl(started.url);
  proxy = await startProxyWithoutManifest(started.url);
  attached = await openTarget({ PLATFORM_URL: proxy.url, DATABASE_URL: started.databaseUrl ?? undefined });
  const { target, client, run } = attached;
  const startedAt = performance.now();
  const directory = createRunDirectory(started.sharedDirectory);
  const request = { needs: new Set(PROBED), jestWorkers: 5, run, directory: directory.path };
  const { mockHost } = started; // the one address of this host that actions may connect to
  assessment = await assessTarget({ ...target, mockHost }, client, request);
  tookMs = performance.now() - startedAt;
  directory.remove();
}, ALL_PROBES_MS);

afterAll(async () => {
  delete process.env.PLATFORM_WS_URL;
  await attached.release();
  await proxy[Symbol.asyncDispose]();
  await started.release();
});

/** The notifier's own port, which only the manifest shows. */
async function notifierUrl(url: string): Promise<string> {
  const manifest = await createClient({ baseUrl: url }).capabilities.getOrNull();
  return notifierPortUrl(url, { 'notify.executions': manifest!.capabilities['notify.executions'] as JsonObject })!;
}

test('every capability with a probe is proven without a manifest', () => {
  const { manifest, capabilities } = assessment;
  const probed = capabilities.filter(({ name }) => PROBED.includes(name));
  expect(manifest).toBeNull();
  expect(probed.filter(({ reason }) => reason !== null)).toEqual([]);
  expect(probed.map(({ source }) => source)).toEqual(probed.map(() => 'probed'));
});

test('the rest of the baseline is proven', () => {
  const rest = assessment.capabilities.filter(({ name, source }) => BASELINE.includes(name) && source === 'baseline');
  expect(rest.map(({ name, isProven }) => [name, isProven])).toEqual([
    ['core', true],
    ['executions.history', true],
    ['workers.pin', true],
    ['workflows.retry_cap', true],
  ]);
});

test('nothing contradicts a platform without a manifest', () => {
  expect(assessment.contradictions).toEqual([]);
});

test('no probe waits for long', () => {
  expect(tookMs).toBeLessThan(IDLE_PROBES_MS * loadFactorOf(assessment.latency.runMs));
});

test('the slots that a rendezvous needs are measured', () => {
  const slots = assessment.capabilities.find(({ name }) => name === 'workers.slots');
  expect(slots?.details).toEqual({ slots: 10 });
});

test('the probes leave no execution and no object', async () => {
  const { client } = attached;
  const executions = await client.executions.list({});
  expect(executions.filter(({ status }) => status === 'running' || status === 'requested')).toEqual([]);
  const lists = [client.rules.list(), client.keys.list(), client.packs.list(), client.triggers.list()];
  const refs = (await Promise.all(lists)).flat().map(({ ref }) => ref);
  const isShared = (ref: string) => /^e2e-.{4}-shared-e2e(?:-\w+)?-.{6}$/.test(ref); // until the release
  expect(refs.filter((ref) => ref.startsWith('e2e-') && !isShared(ref))).toEqual([]);
  expect(assessment.leftovers).toEqual([]);
});
