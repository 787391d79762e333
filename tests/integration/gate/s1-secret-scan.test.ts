import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChangeRepository, POLICY } from './change-repository';
import { testDirectory } from '../../test-directory';

/** In parts, so that this file has no text of the form that is looked for. */
const TOKEN = ['ghp', 'a8Kd02LmQx7Zt5Vb9Wn3Rj6Hc1Yf4Pg0Se8U'].join('_');

let repository: ChangeRepository;
beforeEach(() => (repository = new ChangeRepository({ 'gate/policy.yml': POLICY, 'a.txt': `one\n${TOKEN}\nthree\n` })));

interface Finding {
  readonly path: string;
  readonly line: number;
  readonly fingerprint: string;
  readonly commit: string | null;
}

async function scan(...args: readonly string[]) {
  const { code, stdout } = await repository.gate('secrets', '--json', ...args);
  expect(stdout).not.toContain(TOKEN);
  return { code, findings: (JSON.parse(stdout) as { findings: Finding[] }).findings };
}

const placeOf = ({ path, line }: Finding): string => `${path}:${line}`;

test('S1-52 a secret is found in every line that a change adds', async () => {
  repository.write({ 'a.txt': `zero\none\n${TOKEN}\nthree\n`, 'b c.txt': `\n${TOKEN}\n` });
  const known = await scan();
  repository.commit();
  repository.write({ 'a.txt': `${TOKEN}\n`, 'b c.txt': '', 'new/d.txt': TOKEN });

  const uncommitted = await scan('--base', 'HEAD~1');
  const { stdout } = await repository.gate('secrets');

  expect({ code: known.code, places: known.findings.map(placeOf) }).toEqual({ code: 1, places: ['b c.txt:2'] });
  expect(uncommitted.code).toBe(1);
  expect(uncommitted.findings.map((one) => [placeOf(one), one.commit !== null])).toEqual([
    ['new/d.txt:1', false],
    ['b c.txt:2', true],
  ]);
  expect(stdout).toMatch(/^SECRET_FOUND: new\/d\.txt:1 GitHub token, fingerprint [0-9a-f]{16}\nverdict: failed\n$/);
});

test('S1-53 a secret is found in the whole tree and in evidence', async () => {
  const evidence = testDirectory();
  writeFileSync(join(evidence, 'run.jsonl'), JSON.stringify({ stderr: `a line\n${TOKEN}\n` }));

  const change = await scan();
  const all = await scan('--all', '--evidence', evidence);

  expect(change).toEqual({ code: 0, findings: [] });
  expect(all.code).toBe(1);
  expect(all.findings.map(placeOf)).toEqual(['a.txt:2', expect.stringMatching(/run\.jsonl:1$/)]);
});

test('S1-54 a secret is allowed by its path and its fingerprint', async () => {
  const { findings } = await scan('--all');
  const allowed = { path: 'a.txt', fingerprint: findings[0]!.fingerprint, reason: 'of an example' };
  repository.write({ 'gate/policy.yml': `${POLICY}secrets:\n  allowed: [${JSON.stringify(allowed)}]\n` });

  const same = await scan('--all');
  repository.write({ 'a.txt': TOKEN.replace('a8Kd', 'b9Le'), 'b.txt': TOKEN });
  const others = await scan('--all');

  expect(same).toEqual({ code: 0, findings: [] });
  expect({ code: others.code, places: others.findings.map(placeOf) }).toEqual({
    code: 1,
    places: ['a.txt:1', 'b.txt:1'],
  });
});

test('evidence that does not exist is exit 2', async () => {
  const { code, stderr } = await repository.gate('secrets', '--evidence', '/none');

  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--evidence /none: ') as string });
});
