import { existsSync, utimesSync } from 'node:fs';
import { pino } from 'pino';
import { removeExpiredLogs } from '../../../../platform/executor/retention/expired-logs';
import { failedOutcome } from '../../../../platform/outcomes/attempt-outcome';
import { finishAttempt } from '../../../../platform/store/executions/attempts';
import type { AttemptLease } from '../../../../platform/store/lifecycle/attempt';
import {
  artifactRefs,
  completeExecution,
  leaseExecution,
  newActionRef,
  recordLogs,
  withArtifactApi,
  writeStdout,
} from './with-artifact-api';

const api = withArtifactApi();

test('each stream of an action is one artifact with a version per execution', async () => {
  const action = newActionRef();
  const [first, second] = [await leaseExecution(api(), action), await leaseExecution(api(), action)];
  await recordLogs(api().db, first, [
    { stream: 'stdout', bytes: 3 },
    { stream: 'stderr', bytes: 4 },
  ]);
  await recordLogs(api().db, second, [{ stream: 'stdout', bytes: 5 }]);

  expect(await artifactRefs(api().reader, first.execution)).toEqual([`${action}.stderr.log`, `${action}.stdout.log`]);
  expect(await artifactRefs(api().reader, second.execution)).toEqual([`${action}.stdout.log`]);
  const artifact = await api().reader.artifacts.byRef(`${action}.stdout.log`);
  expect(artifact).toMatchObject({
    scope: 'action',
    owner: action,
    type: 'file_text',
    visibility: 'private',
    size_bytes: 5,
    content_type: 'text/plain',
    retention_policy: 'days',
    retention_limit: 7,
  });
  expect(
    (await api().reader.artifacts.versions(artifact.id)).map(({ version, execution }) => [version, execution]),
  ).toEqual([
    [2, second.execution],
    [1, first.execution],
  ]);
});

test('the log of an action is recorded after the largest number of 32 bits', async () => {
  const action = newActionRef();
  await recordLogs(api().db, await leaseExecution(api(), action), [{ stream: 'stdout', bytes: 3 }]);
  const { id, ref } = await api().reader.artifacts.byRef(`${action}.stdout.log`);
  await api().owner.query('update artifact set last_version = 2147483647 where id = $1', [id]);
  const last = await leaseExecution(api(), action);

  await recordLogs(api().db, last, [{ stream: 'stdout', bytes: 5 }]);

  expect((await api().reader.artifacts.versions(id)).map(({ version }) => version)).toEqual([2147483648, 1]);
  expect(await artifactRefs(api().reader, last.execution)).toEqual([ref]);
});

test('a repeated log is one version', async () => {
  const action = newActionRef();
  const claim = await leaseExecution(api(), action);
  await Promise.all(Array.from({ length: 4 }, () => recordLogs(api().db, claim, [{ stream: 'stdout', bytes: 3 }])));
  await recordLogs(api().db, { ...claim, attempt: 2 }, [{ stream: 'stdout', bytes: 9 }]);

  const { id } = await api().reader.artifacts.byRef(`${action}.stdout.log`);

  expect(await api().reader.artifacts.versions(id)).toMatchObject([{ version: 1, size_bytes: 9 }]);
});

test('an action without output has no artifact', async () => {
  const held = await leaseExecution(api(), newActionRef());

  expect(await finishAttempt(api().db, held, { ...failedOutcome('it stopped'), logs: [] })).toBe(true);

  expect(await artifactRefs(api().reader, held.execution)).toEqual([]);
});

test('the end of an attempt records its logs; a lost lease records nothing', async () => {
  const action = newActionRef();
  const held = await leaseExecution(api(), action);
  const fenced = { ...held, fencingToken: held.fencingToken - 1 };
  const endWith = (lease: AttemptLease, bytes: number) =>
    finishAttempt(api().db, lease, { ...failedOutcome('it stopped'), logs: [{ stream: 'stdout', bytes }] });

  expect(await endWith(fenced, 1)).toBe(false);
  expect(await artifactRefs(api().reader, held.execution)).toEqual([]);
  expect(await endWith(held, 2)).toBe(true);

  const { id } = await api().reader.artifacts.byRef(`${action}.stdout.log`);
  expect(await api().reader.artifacts.versions(id)).toMatchObject([{ version: 1, size_bytes: 2 }]);
});

test('executions that end at once get consecutive version numbers', async () => {
  const action = newActionRef();
  const claims = await Promise.all(Array.from({ length: 12 }, () => leaseExecution(api(), action)));

  await Promise.all(
    claims.map((claim) =>
      recordLogs(api().db, claim, [
        { stream: 'stdout', bytes: 1 },
        { stream: 'stderr', bytes: 1 },
      ]),
    ),
  );

  for (const stream of ['stdout', 'stderr']) {
    const { id } = await api().reader.artifacts.byRef(`${action}.${stream}.log`);
    expect((await api().reader.artifacts.versions(id)).map(({ version }) => version)).toEqual(
      [...claims.keys()].map((at) => claims.length - at),
    );
  }
});

test('an artifact created by a user under the ref receives no logs', async () => {
  const action = newActionRef();
  await api().owner.query(`insert into artifact (ref, visibility, type) values ($1, 'public', 'file_text')`, [
    `${action}.stdout.log`,
  ]);

  const claim = await leaseExecution(api(), action);
  await writeStdout(api(), claim, 'not for all');

  expect(await artifactRefs(api().reader, claim.execution)).toEqual([]);
});

test('a log is removed with its version, the artifact with the last one', async () => {
  const action = newActionRef();
  const [old, young] = [await leaseExecution(api(), action), await leaseExecution(api(), action)];
  const [gone, stays] = [await writeStdout(api(), old, 'old'), await writeStdout(api(), young, 'young')];
  for (const { execution } of [old, young]) await completeExecution(api(), execution);
  const { id } = await api().reader.artifacts.byRef(`${action}.stdout.log`);
  const age = (path: string) => utimesSync(path, new Date(0), new Date(0));
  const sweep = () => removeExpiredLogs(api().db, api().directory, pino({ level: 'silent' }));

  age(gone);
  await sweep();
  expect([existsSync(gone), existsSync(stays)]).toEqual([false, true]);
  expect(await api().reader.artifacts.versions(id)).toMatchObject([{ version: 2, execution: young.execution }]);
  age(stays);
  await sweep();

  await expect(api().reader.artifacts.get(id)).rejects.toMatchObject({ status: 404 });
});
