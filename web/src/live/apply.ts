// Puts live events into the query cache, a batch at a time.
import type { QueryClient } from '@tanstack/react-query';
import { invalidateEntity } from '../api/related';
import { checkSession, isMe } from '../api/session';
import { OWN_KEYS, type KeyState, type OwnKey } from '../api/keys';
import { LIVE_CONFERENCES, type LiveConference } from '../api/liveConferences';
import { LOG_LINES } from '../api/logs';
import { CALLS, LINE_STATES, OWN_CALLS, PROGRESS, REGISTRATIONS } from '../api/runtime';
import type { LineState, LiveCall, Registration } from '../api/types';
import type { LineEvent, LiveEvent, RegistrationEvent } from './events';

function mergeCalls(calls: LiveCall[], updates: LiveCall[]): LiveCall[] {
  const byId = new Map(calls.map((call) => [call.call_id, call]));
  for (const call of updates) {
    if (call.state === 'ended') byId.delete(call.call_id);
    else byId.set(call.call_id, call);
  }
  return [...byId.values()];
}

const bindingKey = (r: Registration) => `${r.phone_id} ${r.contact}`;

function mergeRegistrations(list: Registration[], updates: RegistrationEvent[]): Registration[] {
  const byKey = new Map(list.map((r) => [bindingKey(r), r]));
  for (const r of updates) {
    if (r.removed) byKey.delete(bindingKey(r));
    else byKey.set(bindingKey(r), r);
  }
  return [...byKey.values()];
}

function mergeLines(list: LineState[], updates: LineEvent[]): LineState[] {
  const byId = new Map(list.map((line) => [line.line_id, line]));
  for (const line of updates) {
    if (line.removed) byId.delete(line.line_id);
    else byId.set(line.line_id, line);
  }
  return [...byId.values()];
}

function mergeConferences(list: LiveConference[], updates: LiveConference[]): LiveConference[] {
  const byId = new Map(list.map((one) => [one.id, one]));
  for (const one of updates) {
    if (one.over) byId.delete(one.id);
    else byId.set(one.id, one);
  }
  return [...byId.values()];
}

function mergeKeys(list: OwnKey[], updates: KeyState[]): OwnKey[] {
  const byId = new Map(updates.map((update) => [update.id, update]));
  return list.map((key) => ({ ...key, ...byId.get(key.id) }));
}

/** A list that is being fetched may be older than the events: they are put into it again when it comes. */
function mergeInto<T>(client: QueryClient, key: string[], merge: (old: T[]) => T[]) {
  const put = () => client.setQueryData<T[]>(key, (old) => old && merge(old));
  const query = client.getQueryCache().find<T[]>({ queryKey: key });
  put();
  if (query?.state.fetchStatus === 'fetching') query.promise?.then(put, () => undefined);
}

export function applyEvents(client: QueryClient, events: LiveEvent[]) {
  const calls: LiveCall[] = [];
  const registrations: RegistrationEvent[] = [];
  const lines: LineEvent[] = [];
  const keys: KeyState[] = [];
  const conferences: LiveConference[] = [];
  const changed = new Set<string>();
  let me = false;
  let log = false;
  for (const event of events) {
    if (event.name === 'call') calls.push(event.data);
    else if (event.name === 'registration') registrations.push(event.data);
    else if (event.name === 'line') lines.push(event.data);
    else if (event.name === 'key') keys.push(event.data);
    else if (event.name === 'conference') conferences.push(event.data);
    else if (event.name === 'progress') client.setQueryData(PROGRESS, event.data);
    else if (event.name === 'log') log = true;
    else {
      changed.add(event.data.entity);
      me ||= event.data.entity === 'user' && (event.data.id === 0 || isMe(event.data.id));
    }
  }
  if (log) void client.invalidateQueries({ queryKey: [...LOG_LINES, 'follow'] });
  if (me) void checkSession(); // somebody may have changed what we may
  if (calls.length) for (const key of [CALLS, OWN_CALLS]) mergeInto<LiveCall>(client, key, (old) => mergeCalls(old, calls));
  if (registrations.length) mergeInto<Registration>(client, REGISTRATIONS, (old) => mergeRegistrations(old, registrations));
  if (lines.length) mergeInto<LineState>(client, LINE_STATES, (old) => mergeLines(old, lines));
  if (keys.length) mergeInto<OwnKey>(client, OWN_KEYS, (old) => mergeKeys(old, keys));
  if (conferences.length) mergeInto<LiveConference>(client, LIVE_CONFERENCES, (old) => mergeConferences(old, conferences));
  for (const entity of changed) void invalidateEntity(client, entity);
}

/** After a gap in the stream, or before its beginning, something may have happened that nobody told. */
export function refetchAll(client: QueryClient) {
  void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'session' && q.queryKey[0] !== 'openapi' });
}
