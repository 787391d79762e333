export function sourceMap(root: string): string;
