import { Switch, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function LogOnSwitch({ name, on, onChange }: { name: string; on: boolean; onChange: (on: boolean) => void }) {
  const { t } = useTranslation();
  const label = t('groups.logOn', { name });
  return (
    <Tooltip label={label}>
      <Switch size="xs" mr={4} label={t('groups.on')} aria-label={label} checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
    </Tooltip>
  );
}
