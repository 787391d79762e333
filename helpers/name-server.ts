import { createSocket } from 'node:dgram';

/** Answers the n-th question for a name, 0 first, with these IPv4 addresses. */
export type Names = Readonly<Record<string, (question: number) => readonly string[]>>;

export interface NameServer {
  /** How often a name was asked for. */
  asked(name: string): number;
  close(): Promise<void>;
}

const HEADER = 12;
const TYPE_A = 1;
const NXDOMAIN = 3;

/** A name server of the test's own, over UDP, whose answers may not be kept (a life of 0 seconds). */
export async function startNameServer(host: string, port: number, names: Names): Promise<NameServer> {
  const counts = new Map<string, number>();
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const { name, type, end } = questionIn(message);
    const known = names[name];
    const addresses = known && type === TYPE_A ? known(counts.get(name) ?? 0) : [];
    if (type === TYPE_A) counts.set(name, (counts.get(name) ?? 0) + 1);
    const header = Buffer.from(message.subarray(0, HEADER));
    header.writeUInt16BE(0x8180 | (known ? 0 : NXDOMAIN), 2);
    header.writeUInt16BE(addresses.length, 6);
    header.writeUInt32BE(0, 8); // neither authority nor more
    socket.send(
      Buffer.concat([header, message.subarray(HEADER, end), ...addresses.map(recordOf)]),
      from.port,
      from.address,
    );
  });
  await new Promise<void>((done) => socket.bind(port, host, done));
  return {
    asked: (name) => counts.get(name) ?? 0,
    close: () => new Promise((done) => socket.close(() => done())),
  };
}

function questionIn(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = message[at]!; length !== 0; length = message[at]!) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/** The name by a pointer to the question's, type A, class IN, life 0. */
const recordOf = (address: string): Buffer =>
  Buffer.from([0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]);
