export function bundleDigest(bundle: string): string | null;
