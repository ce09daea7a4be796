// What the server stores and knows, taken from its API description, and the few shapes around it.
import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['user'];
export type Phone = Schemas['phone'];
export type PhoneNumber = Schemas['number'];
export type Range = Schemas['range'];
export type Settings = Schemas['settings'];
export type CallRecord = Schemas['call_record'];
export type CallParty = Schemas['live_party'];
export type Reason = Schemas['reason'];
export type LiveCall = Schemas['live_call'];
export type Registration = Schemas['live_registration'];
export type TraceMessage = Schemas['trace_message'];
export type Session = Schemas['login'];

export type EntityName = 'user' | 'phone' | 'number' | 'range' | 'settings' | 'call_record';
export type Collection = 'users' | 'phones' | 'numbers' | 'ranges' | 'call-records';

export const COLLECTION_OF: Record<string, Collection | undefined> = {
  user: 'users',
  phone: 'phones',
  number: 'numbers',
  range: 'ranges',
  call_record: 'call-records',
};

export const ENTITY_OF: Record<Collection, EntityName> = {
  users: 'user',
  phones: 'phone',
  numbers: 'number',
  ranges: 'range',
  'call-records': 'call_record',
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

export interface SipAccount {
  server: string;
  port: number;
  transport: string;
  username: string;
  password: string;
  domain: string;
  uri: string;
}

export interface Trace {
  call_id: string;
  messages: TraceMessage[];
}
