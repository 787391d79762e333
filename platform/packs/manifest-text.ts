/** The text of a file, or what is wrong with its bytes. */
export type ManifestText =
  | { readonly text: string; readonly problem: null }
  | { readonly text: null; readonly problem: string };

const ENCODINGS = [
  { mark: [0xff, 0xfe], name: 'utf-16le' },
  { mark: [0xfe, 0xff], name: 'utf-16be' },
] as const;

/**
 * Reads a dependency manifest as the tools that write them do: UTF-8, with or without a byte order
 * mark, or UTF-16 with one, which is what a redirection in PowerShell writes.
 */
export function decodeManifest(bytes: Buffer): ManifestText {
  const encoding = ENCODINGS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte))?.name ?? 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes); // without the mark
    const nul = text.indexOf('\0');
    if (nul === -1) return { text, problem: null };
    return {
      text: null,
      problem: `line ${text.slice(0, nul).split('\n').length} has a NUL character: save it as UTF-8`,
    };
  } catch {
    return { text: null, problem: `it is not ${encoding === 'utf-8' ? 'UTF-8' : 'UTF-16'}: save it as UTF-8` };
  }
}
