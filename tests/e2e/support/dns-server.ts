import { createSocket } from 'node:dgram';

/** The IPv4 addresses in the response to the n-th query for a name, 0 the first. */
export type DnsRecords = Readonly<Record<string, (queryIndex: number) => readonly string[]>>;

export interface DnsServer {
  /** Number of queries for a name; one that the client repeats counts once. */
  queryCount(name: string): number;
  close(): Promise<void>;
}

const HEADER_BYTES = 12;
const TYPE_A = 1;
const NXDOMAIN = 3;

/** Starts a DNS server of a test, over UDP. Its records must not be cached (TTL 0). */
export async function startDnsServer(host: string, port: number, records: DnsRecords): Promise<DnsServer> {
  const queries = new Map<string, number[]>();
  const queriesFor = (name: string): number[] => queries.get(name) ?? [];
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const { name, type, end } = parseQuestion(message);
    const resolve = records[name];
    const id = message.readUInt16BE(0);
    if (type === TYPE_A && !queriesFor(name).includes(id)) queries.set(name, [...queriesFor(name), id]);
    const addresses = resolve && type === TYPE_A ? resolve(queriesFor(name).indexOf(id)) : [];
    const header = Buffer.from(message.subarray(0, HEADER_BYTES));
    header.writeUInt16BE(0x8180 | (resolve ? 0 : NXDOMAIN), 2);
    header.writeUInt16BE(addresses.length, 6);
    header.writeUInt32BE(0, 8); // no authority and no additional records
    socket.send(
      Buffer.concat([header, message.subarray(HEADER_BYTES, end), ...addresses.map(answerRecord)]),
      from.port,
      from.address,
    );
  });
  await new Promise<void>((done) => socket.bind(port, host, done));
  return {
    queryCount: (name) => queriesFor(name).length,
    close: () => new Promise((done) => socket.close(() => done())),
  };
}

function parseQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let offset = HEADER_BYTES;
  for (let length = message[offset]!; length !== 0; length = message[offset]!) {
    labels.push(message.toString('latin1', offset + 1, offset + 1 + length));
    offset += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(offset + 1), end: offset + 5 };
}

/** Name as a pointer to the requested one, type A, class IN, TTL 0. */
const answerRecord = (address: string): Buffer =>
  Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]);
