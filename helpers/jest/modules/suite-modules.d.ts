export function cacheDirectory(): string;
export function refreshBundle(): string;
export function currentBundle(): string;
export function keepCompiled(path: string): void;
export function moduleId(path: string): string;
export function evaluate(path: string, context?: object): (id: string) => unknown;
export function suitePattern(): string;
