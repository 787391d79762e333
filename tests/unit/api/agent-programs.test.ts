import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildApi } from '../../../platform/api/http/server';
import { agentProgramRoutes } from '../../../platform/api/internal/agent-routes';
import { settingsFrom } from '../../../platform/base/settings/settings';
import { contextWithoutDatabase } from './context-without-database';
import { testDirectory } from '../../test-directory';

const BINARY = '/api/v1/agent/binary';
const TOKEN = 'the token of these tests';
const PROGRAM = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 255]);

const directory = testDirectory();
writeFileSync(join(directory, 'attune-agent-x86_64'), PROGRAM);
execFileSync('mkfifo', [join(directory, 'attune-agent-aarch64')]);
const agentPrograms = { directory, token: TOKEN };
const configured = buildApi({ ...contextWithoutDatabase, agentPrograms }, [agentProgramRoutes]);
const unconfigured = buildApi(contextWithoutDatabase, [agentProgramRoutes]);
afterAll(async () => {
  await Promise.all([configured.close(), unconfigured.close()]);
});

const fetchProgram = (query: string, token?: string) =>
  configured.inject({ url: `${BINARY}${query}`, headers: token === undefined ? {} : { 'x-agent-token': token } });

test('info lists every architecture, also one without a regular file', async () => {
  const response = await configured.inject({ url: '/api/v1/agent/info', headers: { authorization: 'Bearer wrong' } });

  expect([response.statusCode, response.json()]).toEqual([
    200,
    {
      architectures: [
        { arch: 'x86_64', size_bytes: 6, available: true },
        { arch: 'aarch64', size_bytes: 0, available: false },
      ],
      version: '0.0.0-test',
    },
  ]);
});

test('a program is sent as it is', async () => {
  const response = await fetchProgram('?arch=x86_64', TOKEN);

  expect([response.statusCode, response.rawPayload]).toEqual([200, PROGRAM]);
  expect(response.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-length': '6',
    'content-disposition': 'attachment; filename="attune-agent"',
  });
});

test('an empty program is sent as no bytes', async () => {
  writeFileSync(join(directory, 'attune-agent-x86_64'), '');
  const response = await fetchProgram('?arch=x86_64', TOKEN);
  writeFileSync(join(directory, 'attune-agent-x86_64'), PROGRAM);

  expect([response.statusCode, response.rawPayload.length]).toEqual([200, 0]);
});

test.each([
  ['no token and no valid architecture', '?arch=mips', undefined, 401],
  ['a longer token', '?arch=x86_64', `${TOKEN}x`, 401],
  ['another token of the same length', '?arch=x86_64', TOKEN.toUpperCase(), 401],
  ['an unknown architecture', '?arch=../x86_64', TOKEN, 400],
  ['no architecture', '', TOKEN, 400],
  ['two architectures', '?arch=x86_64&arch=arm64', TOKEN, 400],
  ['an architecture without a program', '?arch=aarch64', TOKEN, 404],
  ['the same by its other name', '?arch=arm64', TOKEN, 404],
])('a request with %s is refused', async (_case, query, token, status) => {
  expect((await fetchProgram(query, token)).statusCode).toBe(status);
});

test('a missing program is named by its architecture', async () => {
  expect((await fetchProgram('?arch=arm64', TOKEN)).json()).toEqual({
    error: 'The agent program for aarch64 not found',
    code: 'NOT_FOUND',
  });
});

test.each(['/api/v1/agent/info', `${BINARY}?arch=mips`])('%s is 503 where nothing is configured', async (url) => {
  const response = await unconfigured.inject({ url });

  expect([response.statusCode, response.json()]).toEqual([
    503,
    { error: 'Not configured', message: expect.stringContaining('PLATFORM_AGENT_DIR') as string },
  ]);
});

test('the directory and the token are set together', () => {
  const programsOf = (env: Record<string, string>) => settingsFrom(env).agentPrograms;

  expect([programsOf({}), programsOf({ PLATFORM_AGENT_DIR: '/a', PLATFORM_AGENT_TOKEN: 't' })]).toEqual([
    null,
    { directory: '/a', token: 't' },
  ]);
  expect(() => programsOf({ PLATFORM_AGENT_DIR: '/a' })).toThrow(
    'PLATFORM_AGENT_DIR=/a is not usable: give PLATFORM_AGENT_TOKEN as well',
  );
  expect(() => programsOf({ PLATFORM_AGENT_TOKEN: 'hidden' })).toThrow(
    'PLATFORM_AGENT_DIR= is not usable: give a directory, or no PLATFORM_AGENT_TOKEN',
  );
});
