import { connect } from 'node:net';

/** What a connection that dribbled was told before it was closed on it, and after how long. */
export interface CutOff {
  readonly said: string;
  readonly ms: number;
}

/** Opens a connection that says `opening` and then a byte a second, until the server has had enough. */
export function dribble(url: string, opening: string): Promise<CutOff> {
  const { hostname, port } = new URL(url);
  const began = performance.now();
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(Number(port), hostname, () => socket.write(opening));
    const beat = setInterval(() => socket.writable && socket.write('x'), 1_000);
    socket.on('data', (bytes) => (said += bytes.toString('latin1')));
    socket.on('error', () => undefined); // it is closed on us: that is the point
    socket.on('close', () => {
      clearInterval(beat);
      resolve({ said, ms: performance.now() - began });
    });
  });
}
