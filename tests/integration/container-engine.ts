import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const MAKE_IMAGE = join(__dirname, 'busybox-image.sh');

/**
 * An engine of this host that runs containers of the image, which is made now; undefined, and a
 * line that names the scenario: there is none.
 */
export const findEngine = (scenario: string, image: string): string | undefined =>
  ['docker', 'podman'].find((engine) => {
    const { status, stderr } = spawnSync(MAKE_IMAGE, [engine, image], { encoding: 'utf8' });
    if (status !== 0)
      process.stderr.write(`NOT PROVEN ${scenario} with ${engine}: ${stderr.trim() || 'it does not answer'}\n`);
    return status === 0;
  });

export const removeImage = (engine: string, image: string): void => {
  execFileSync(engine, ['image', 'rm', '--force', image], { stdio: 'pipe' });
};
