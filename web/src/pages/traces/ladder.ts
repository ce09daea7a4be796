// Lays out the messages of a call as a ladder: a column for Strowger and for every peer, an arrow
// for every message.
import type { TraceMessage } from '../../api/types';

export interface Column {
  key: string;
  name: string;
  address: string;
  self: boolean;
}

export type ArrowKind = 'request' | 'provisional' | 'success' | 'failure';

export interface Arrow {
  from: number;
  to: number;
  label: string;
  sdp: boolean;
  kind: ArrowKind;
  repeated: boolean;
  offsetMs: number;
}

export interface Ladder {
  columns: Column[];
  arrows: Arrow[];
}

const SELF = 'self';
const USER_PART = /sips?:([^@;>\s]+)@/;

function headerOf(text: string, name: string, short: string): string {
  const line = new RegExp(`^(?:${name}|${short})\\s*:(.*)$`, 'im').exec(text);
  return line?.[1] ?? '';
}

const isResponse = (message: TraceMessage) => message.start_line.startsWith('SIP/');

/** Who the peer is, as far as its first message tells. */
function nameOfPeer(message: TraceMessage): string {
  const peerAsked = (message.dir === 'in') !== isResponse(message);
  const where = peerAsked ? headerOf(message.text, 'From', 'f') : isResponse(message) ? headerOf(message.text, 'To', 't') : message.start_line;
  return USER_PART.exec(where)?.[1] ?? '';
}

function columnsOf(messages: TraceMessage[], selfName: string): Column[] {
  const peers = new Map<string, Column>();
  const locals = new Set<string>();
  for (const message of messages) {
    locals.add(message.local);
    if (!peers.has(message.remote)) {
      peers.set(message.remote, { key: message.remote, name: nameOfPeer(message), address: message.remote, self: false });
    }
  }
  const [first, ...others] = [...peers.values()];
  const self: Column = { key: SELF, name: selfName, address: [...locals].join(' '), self: true };
  return first ? [first, self, ...others] : [self];
}

function kindOf(message: TraceMessage): ArrowKind {
  if (!isResponse(message)) return 'request';
  const status = Number(message.start_line.split(' ')[1]);
  if (status < 200) return 'provisional';
  return status < 300 ? 'success' : 'failure';
}

const labelOf = ({ start_line }: TraceMessage) => start_line.replace(/^SIP\/2\.0 /, '').replace(/ SIP\/2\.0$/, '');

const carriesSdp = ({ text }: TraceMessage) => /^(Content-Type|c)\s*:\s*application\/sdp/im.test(text);

export function layLadder(messages: TraceMessage[], selfName: string): Ladder {
  const columns = columnsOf(messages, selfName);
  const indexOf = new Map(columns.map((column, index) => [column.key, index]));
  const self = indexOf.get(SELF) ?? 0;
  const start = messages[0] ? Date.parse(messages[0].at ?? '') : 0;
  const seen = new Set<string>();

  const arrows = messages.map((message): Arrow => {
    const peer = indexOf.get(message.remote) ?? self;
    const id = `${message.dir} ${message.remote} ${message.text}`;
    const repeated = seen.has(id);
    seen.add(id);
    return {
      from: message.dir === 'in' ? peer : self,
      to: message.dir === 'in' ? self : peer,
      label: labelOf(message),
      sdp: carriesSdp(message),
      kind: kindOf(message),
      repeated,
      offsetMs: Date.parse(message.at ?? '') - start,
    };
  });
  return { columns, arrows };
}
