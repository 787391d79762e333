export function sourceDigest(root: string, paths: readonly string[]): string;
export function rememberedDigest(root: string, paths: readonly string[]): string;
export function readCached(path: string, encoding?: 'utf8' | 'latin1'): string | null;
export function draftOf(path: string, writer: string | number): string;
export function storeCached(path: string, content: string | NodeJS.ArrayBufferView, kept: number): void;
export function removeOld(directory: string, kept: number): void;
