// One event stream per browser: the leading tab reads it and tells the others.
import type { QueryClient } from '@tanstack/react-query';
import { checkSession } from '../api/session';
import { applyEvents, refetchAll } from './apply';
import type { LiveEvent } from './events';
import { elect } from './leader';
import { Stream } from './stream';

type Note = { kind: 'events'; events: LiveEvent[] } | { kind: 'connected'; connected: boolean } | { kind: 'hello' };

const BATCH_MS = 100;

/** Starts live data for this tab; the returned function ends it. */
export function joinLive(client: QueryClient, onConnected: (connected: boolean) => void): () => void {
  const channel = new BroadcastChannel('strowger.live');
  const queue: LiveEvent[] = [];
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let leading = false;
  let connected = false;

  const tell = (note: Note) => channel.postMessage(note);

  const takeConnected = (now: boolean) => {
    if (!now) void checkSession(); // perhaps the session has ended, also while there was no connection
    if (now && !connected) refetchAll(client);
    connected = now;
    onConnected(now);
  };

  const report = (now: boolean) => {
    takeConnected(now);
    tell({ kind: 'connected', connected: now });
  };

  const flush = () => {
    flushTimer = undefined;
    const events = queue.splice(0);
    applyEvents(client, events);
    tell({ kind: 'events', events });
  };

  const stream = new Stream({
    onEvent: (event) => {
      queue.push(event);
      flushTimer ??= setTimeout(flush, BATCH_MS);
    },
    onConnected: report,
  });

  channel.onmessage = ({ data }: MessageEvent<Note>) => {
    if (data.kind === 'hello') {
      if (leading) tell({ kind: 'connected', connected });
    } else if (data.kind === 'connected') takeConnected(data.connected);
    else applyEvents(client, data.events);
  };

  const election = elect((lead) => {
    leading = lead;
    if (!lead) {
      stream.close();
      return;
    }
    report(false); // what happened since the last leader left, nobody has heard
    stream.open();
  });
  tell({ kind: 'hello' });

  return () => {
    election.stop();
    clearTimeout(flushTimer);
    channel.close();
  };
}
