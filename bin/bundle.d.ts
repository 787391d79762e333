export function sourceMap(root: string): string;
export function requestSourceMap(root: string): string;
