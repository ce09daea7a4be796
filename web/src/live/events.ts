// What the server tells us while it runs.
import type { KeyState } from '../api/keys';
import type { LiveConference } from '../api/liveConferences';
import type { Progress } from '../api/runtime';
import type { LineState, LiveCall, Registration } from '../api/types';

export type RegistrationEvent = Registration & { removed?: boolean };

export type LineEvent = LineState & { removed?: boolean };

export type LiveEvent =
  | { name: 'call'; data: LiveCall }
  | { name: 'registration'; data: RegistrationEvent }
  | { name: 'line'; data: LineEvent }
  | { name: 'key'; data: KeyState }
  | { name: 'conference'; data: LiveConference }
  | { name: 'progress'; data: Progress }
  | { name: 'log'; data: Record<string, never> }
  | { name: 'changed'; data: { entity: string; id: number } };

export const EVENT_NAMES = ['call', 'registration', 'line', 'key', 'conference', 'changed', 'progress', 'log'] as const;
