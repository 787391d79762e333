export const CODE_ENCODING: 'latin1';
export function asciiOf(code: string): string;
