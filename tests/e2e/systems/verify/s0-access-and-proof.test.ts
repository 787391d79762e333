// Spec: the suite runs on the expected target only, and names why it cannot prove anything there.
import { randomUUID } from 'node:crypto';
import { createClient, logIn } from '../../../../helpers/client/client';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { startCommand } from '../../support/commands/command-line';
import { loginOf, startOther } from '../../support/commands/second-platform';
import { runSuite } from '../../support/commands/suite-run';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('host.processes');

const LIMIT_SECONDS = 90;
/** In which a wait notices that another platform responds, on an idle host, ms. */
const NOTICED_SECONDS = 2;
/** A claim that needs no capability. */
const ANY_CLAIM = ['tests/e2e/tier1/t1-04', '-t', 'T1.4a '];

const identityOf = (url: string) => createClient({ baseUrl: url }).health.identity();

test('S0-09 the suite rejects a target that is not the expected platform', LIMIT_SECONDS, async (ctx) => {
  const other = await startOther(ctx);
  const expected = ctx.facts.instanceId!;

  const { code, output } = await runSuite(ctx, ANY_CLAIM, {
    PLATFORM_URL: other.url,
    PLATFORM_EXPECT_STACK: expected,
    ...loginOf(other),
  });

  expect(code).toBe(3);
  expect(output).toContain(
    `STALE_TARGET: another platform responds at ${other.url}: instance ${other.instance_id} instead of ${expected}`,
  );
  expect(output).not.toContain('Tests:');
});

test('S0-36 a target that refuses the login is named, with the settings read', LIMIT_SECONDS, async (ctx) => {
  const { url, login, password } = await startOther(ctx);
  const { client } = await logIn({ baseUrl: url }, login, password);
  await client.auth.changePassword({ current_password: password, new_password: randomUUID() });

  const [unset, wrong] = [
    await runSuite(ctx, ANY_CLAIM, { PLATFORM_URL: url }),
    await runSuite(ctx, ANY_CLAIM, { PLATFORM_URL: url, TEST_USER_LOGIN: login, TEST_USER_PASSWORD: 'Wrong1!wrong' }),
  ];

  expect([unset.code, wrong.code]).toEqual([3, 3]);
  expect(unset.output).toContain(
    `TARGET_AUTH_FAILED: login as test@attune.local at ${url} returned 401; missing TEST_USER_LOGIN, TEST_USER_PASSWORD`,
  );
  expect(wrong.output).toContain(
    `TARGET_AUTH_FAILED: login as ${login} at ${url} returned 401; read TEST_USER_LOGIN, TEST_USER_PASSWORD`,
  );
  expect(unset.output + wrong.output).not.toContain('Tests:');
  await expect(logIn({ baseUrl: url }, login, 'Wrong1!wrong')).rejects.toMatchObject({ status: 401 });
  expect(await createClient({ baseUrl: url }).health.get()).toEqual({ status: 'ok' });
});

test('S0-38 a run whose every test is not proven is not a pass', LIMIT_SECONDS, async (ctx) => {
  const plain = await startOther(ctx, { PLATFORM_EXTENSIONS: 'off', PLATFORM_SELF_REGISTRATION: 'on' });
  const variables = { PLATFORM_URL: plain.url, E2E_TARGET_NAME: 'attune', ...loginOf(plain) };

  const gated = await runSuite(ctx, ['tests/e2e/tier1/t1-03', '-t', 'T1.3e '], variables);
  const filtered = await runSuite(ctx, ['tests/e2e/tier1/t1-04', '-t', 'T9.9z '], variables);

  expect(gated).toMatchObject({ code: 5, output: expect.stringContaining('NOTHING_PROVEN: 0 passed, 1 not proven') });
  expect(filtered).toMatchObject({ code: 5, output: expect.stringContaining('NOTHING_PROVEN: 0 passed, no test') });
});

test('S1-37 an unreachable target ends the run, and no platform is started', LIMIT_SECONDS, async (ctx) => {
  const url = 'http://127.0.0.1:1';

  const { code, output } = await runSuite(ctx, ANY_CLAIM, { PLATFORM_URL: url, REQUIRE_LIVE: '1' });

  expect(code).toBe(3);
  expect(output).toContain(`TARGET_UNREACHABLE: no platform responded at ${url}/health within 10 s`);
  expect(output).not.toContain('Tests:');
});

/** The line that `up --json` prints. */
interface Ready {
  readonly url: string;
  readonly login: string;
  readonly password: string;
  readonly instance_id: string;
}

/** Runs `up` on this port until its end is requested. */
async function up(ctx: Context, port: string) {
  const command = startCommand(ctx, ['up', '--port', port, '--notifier-port', '0', '--json']);
  const line = await until(
    {
      name: 'the platform to be ready',
      check: () =>
        command.lines[0] ? { is: 'met', value: command.lines[0].text } : { is: 'pending', why: 'nothing printed' },
    },
    ctx.deadline,
  );
  return { ...(JSON.parse(line) as Ready), command };
}

test('S0-10 a wait names the restart of its target at once', LIMIT_SECONDS, async (ctx) => {
  const first = await up(ctx, '0');
  const { client } = await logIn({ baseUrl: first.url }, first.login, first.password);
  const { id } = await client.executions.execute({ action_ref: 'core.sleep', parameters: { seconds: 60 } });
  await until(executionToBe('running', client, id), ctx.deadline);
  const watch = { url: first.url, instanceId: first.instance_id };
  const wait = until(executionToBe('completed', client, id), ctx.deadline, watch).catch((error: unknown) => ({
    error,
    at: performance.now(),
  }));
  first.command.kill('SIGKILL');
  await first.command.ended;

  const second = await up(ctx, new URL(first.url).port);
  const readyAt = performance.now();

  const failed = await wait;
  expect(failed).toMatchObject({
    error: {
      code: 'TARGET_IDENTITY_CHANGED',
      message: expect.stringContaining(
        `instance ${second.instance_id} responds at ${first.url} instead of ${first.instance_id}`,
      ) as string,
    },
  });
  ctx.expectAtMost(NOTICED_SECONDS, ((failed as { at: number }).at - readyAt) / 1_000);
  expect((await identityOf(second.url)).instance_id).toBe(second.instance_id);
});
