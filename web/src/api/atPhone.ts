// What is heard or spoken at a telephone of one's own, which rings for it.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from './client';
import { useOwnCalls } from './runtime';
import type { LiveCall } from './types';

/** phone null: the first that is registered. more: what else the address wants to know. */
export interface AtPhone {
  path: string;
  phone: number | null;
  more?: Record<string, unknown>;
}

export function useAtPhone() {
  return useMutation({
    mutationFn: ({ path, phone, more }: AtPhone) => api.post<{ call_id: string }>(path, { ...more, ...(phone === null ? {} : { phone }) }),
  });
}

export type Stage = 'ringing' | 'dropped' | Exclude<LiveCall['spoken'], 'none'>;

const FIRST_SIGN_MS = 2000;

function follow(before: Stage, spoken: LiveCall['spoken']): Stage {
  if (spoken !== 'none') return spoken;
  return before === 'judging' || before === 'dropped' ? 'dropped' : 'ringing';
}

/** How far somebody is who speaks in this call, also when it is over. */
export function useStage(callId: string): Stage {
  const call = useOwnCalls().data?.find(({ call_id }) => call_id === callId);
  const [stage, setStage] = useState<Stage>('ringing');
  const [known, setKnown] = useState(false); // else its first sign may still be under way
  const spoken = call?.spoken;
  useEffect(() => {
    if (spoken) {
      setKnown(true);
      setStage((before) => follow(before, spoken));
    } else if (known) setStage((before) => (before === 'kept' || before === 'failed' ? before : 'dropped'));
  }, [spoken, known]);
  useEffect(() => {
    const timer = setTimeout(() => setKnown(true), FIRST_SIGN_MS);
    return () => clearTimeout(timer);
  }, []);
  return stage;
}
