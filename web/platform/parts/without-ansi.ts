/** Of a terminal: colors, movements of the cursor, titles. */
const SEQUENCES = new RegExp('\\u001b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\\\\\))', 'g');

/** The output of a program without what only a terminal shows. */
export const withoutAnsi = (text: string): string => text.replace(SEQUENCES, '');
