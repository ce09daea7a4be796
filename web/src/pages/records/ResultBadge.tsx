import { Badge } from '@mantine/core';
import type { CallRecord } from '../../api/types';
import { optionLabel } from '../../forms/texts';

const COLORS: Record<string, string> = {
  answered: 'green',
  busy: 'brass',
  no_answer: 'brass',
  cancelled: 'gray',
  interrupted: 'red',
  failed: 'red',
};

export function ResultBadge({ result }: { result: CallRecord['result'] }) {
  return <Badge color={COLORS[result] ?? 'orange'}>{optionLabel('call_record', 'result', result)}</Badge>;
}
