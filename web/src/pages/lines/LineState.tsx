// Whether a line works.
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Line, LineState as State } from '../../api/types';

export const STATE_COLORS: Record<string, string> = { registered: 'green', address: 'green', registering: 'brass', failed: 'red' };

export function LineState({ line, states }: { line: Line; states: State[] }) {
  const { t } = useTranslation();
  if (!line.enabled) return <Badge color="gray">{t('lines.state.disabled')}</Badge>;
  const state = states.find(({ line_id }) => line_id === line.id);
  const name: string = state?.state ?? 'unknown';
  return (
    <Badge color={STATE_COLORS[name] ?? 'gray'} title={state?.reason ?? undefined}>
      {t(`lines.state.${name}`)}
    </Badge>
  );
}
