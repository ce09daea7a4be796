// What the server stores, taken from its API description, and what it only knows at run time.
import type { components } from './schema';

type Stored<T> = Required<T>;
type Schemas = components['schemas'];

export type User = Stored<Schemas['User']>;
export type Phone = Stored<Schemas['Phone']>;
export type PhoneNumber = Stored<Schemas['Number']>;
export type Range = Stored<Schemas['Range']>;
export type Settings = Stored<Schemas['Settings']>;
export type CallRecord = Stored<Schemas['CallRecord']>;

export type EntityName = 'user' | 'phone' | 'number' | 'range' | 'settings' | 'call_record';
export type Collection = 'users' | 'phones' | 'numbers' | 'ranges' | 'call-records';

export const COLLECTION_OF: Record<string, Collection | undefined> = {
  user: 'users',
  phone: 'phones',
  number: 'numbers',
  range: 'ranges',
  call_record: 'call-records',
};

export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  per_page: number;
}

export interface ListParams {
  search?: string;
  sort?: string;
  order?: 'asc' | 'desc';
  page?: number;
  per_page?: number;
  letter?: string;
  [filter: string]: string | number | undefined;
}

export interface Health {
  status: string;
  version: string;
  uptime_s: number;
  setup_needed: boolean;
}

export interface Session {
  user: User;
  csrf: string;
}

export interface CallParty {
  number: string | null;
  name: string | null;
  user: number | null;
  phone: number | string | null;
}

export interface LiveCall {
  call_id: string;
  started_at: string;
  answered_at: string | null;
  state: string;
  caller: CallParty;
  called: CallParty;
  ringing: string[];
  reasons: string[];
  codec?: string | null;
}

export interface Registration {
  phone: string;
  phone_id: number;
  contact: string;
  source: string;
  transport: string;
  user_agent: string | null;
  registered_at: string;
  expires_at: string;
  rtt_ms: number | null;
  reachable: boolean;
}

export interface SipAccount {
  server: string;
  port: number;
  transport: string;
  username: string;
  password: string;
  domain: string;
  uri: string;
}

export interface TraceMessage {
  at: string;
  dir: 'in' | 'out';
  transport: string;
  local: string;
  remote: string;
  start_line: string;
  text: string;
}

export interface Trace {
  call_id: string;
  messages: TraceMessage[];
}
