import { readdirSync } from 'node:fs';
import { dirSync } from 'tmp';
import { startAttuneStub, type Filling } from '../../attune/attune-stub';
import { runSuite } from './run-suite';

const RUN_LIMIT_MS = 180_000;

test.each<Filling>(['least', 'most'])(
  'a run accepts the %s that the contract promises',
  async (filling) => {
    const directory = dirSync({ prefix: 'stub-run', unsafeCleanup: true });
    await using stub = await startAttuneStub(filling);

    const { code, output } = await runSuite(stub.url, directory.name);

    expect(output).toContain('the target accepts executions but does not run them');
    expect(output).not.toContain('OFF_CONTRACT');
    expect(code).toBe(3);
    expect(stub.requests.length).toBeGreaterThanOrEqual(40);
    expect(readdirSync(directory.name).filter((name) => name.startsWith('e2e-run'))).toEqual([]);
    directory.removeCallback();
  },
  RUN_LIMIT_MS,
);
