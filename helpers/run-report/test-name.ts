import type { ClaimModel } from './run-model';

/** The title of a test in Jest: that of a system test begins with its own id. */
export const testName = ({ id, tier, title }: Pick<ClaimModel, 'id' | 'tier' | 'title'>): string =>
  isInTier(tier) ? `${id} ${title}` : title;

const isInTier = (tier: string): boolean => tier.startsWith('tier');

/** The command that runs a test alone. */
export function rerunCommand(test: Pick<ClaimModel, 'id' | 'tier' | 'title' | 'file'>): string {
  const pattern = isInTier(test.tier) ? `${test.id} ` : escapePattern(test.title);
  return `npx jest ${test.file} -t '^${pattern.replaceAll("'", "'\\''")}'`;
}

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
