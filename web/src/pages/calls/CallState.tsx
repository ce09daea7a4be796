import { Badge } from '@mantine/core';
import i18next from 'i18next';
import type { LiveCall } from '../../api/types';

const COLORS: Record<string, string> = { ringing: 'brass', answered: 'green', held: 'blue', ended: 'gray' };

export function stateText(state: string): string {
  const key = `calls.state.${state}`;
  return i18next.exists(key) ? i18next.t(key) : state;
}

export function CallState({ call }: { call: LiveCall }) {
  return (
    <>
      <Badge color={COLORS[call.state] ?? 'gray'}>{stateText(call.state)}</Badge>
      {call.recorded && (
        <Badge color="red" ml={4}>
          {i18next.t('calls.recorded')}
        </Badge>
      )}
    </>
  );
}
