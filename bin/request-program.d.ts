export function requestProgramOf(bundle: string): string;
